// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// The bar of a solution says what the words above it say: the only step of one is not the first half
// of two. The page of the check is no step and has no bar.
func TestTheBarOfASolutionCountsItsSteps(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	v := solved(t, h)
	c := h.SignIn(access.Requester)
	at := "/requests/" + v.Ref() + "/solution"
	if r := c.Get(at); r.Status != http.StatusOK || !strings.Contains(r.Body, `max="1" value="1"`) {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
	if r := c.Get(at + "?step=2"); r.Status != http.StatusOK || strings.Contains(r.Body, "<progress") {
		t.Errorf("the check: %d\n%s", r.Status, r.Body)
	}
}
