// SPDX-License-Identifier: Apache-2.0

package richtext_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/richtext/hostiletest"
)

// TestS60_FiveThousandPayloads disarms each input of the corpus in each place where letters put words.
func TestS60_FiveThousandPayloads(t *testing.T) {
	t.Parallel()
	for _, p := range hostiletest.Payloads(t, "..", "..", "..") {
		check(t, p)
	}
}
