// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
)

func TestZZDump(t *testing.T) {
	h := apptest.New(t)
	for _, r := range h.Pages.Routes() {
		fmt.Println(r.Method, r.Pattern, r.Action, r.Face)
	}
	for _, r := range h.House.API.Routes() {
		fmt.Println(r.Method, r.Pattern, r.Action)
	}
}
