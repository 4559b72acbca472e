// SPDX-License-Identifier: Apache-2.0

package cti

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/telephony"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Path is the address of the door.
const Path = "/hooks/cti"

// maxBody bounds a message in bytes.
const maxBody = 16 << 10

// message is what a telephone system sends.
type message struct {
	Type string `json:"type"`
	Data struct {
		Call      string `json:"call"`
		Direction string `json:"direction"`
		Number    string `json:"number"`
		Extension string `json:"extension"`
	} `json:"data"`
}

// Handler takes messages for the room.
func Handler(s *telephony.Service, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			refuse(w, http.StatusMethodNotAllowed)
			return
		}
		status := take(s, w, r)
		if status >= http.StatusInternalServerError {
			log.WarnContext(r.Context(), "a message of the telephone system was not stored", "status", status)
		}
		if status != http.StatusNoContent {
			refuse(w, status)
			return
		}
		w.WriteHeader(status)
	})
}

func take(s *telephony.Service, w http.ResponseWriter, r *http.Request) int {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case err != nil:
		return http.StatusBadRequest
	}
	m := telephony.Signed{ID: r.Header.Get("webhook-id"), Timestamp: r.Header.Get("webhook-timestamp"), Signature: r.Header.Get("webhook-signature"), Body: body}
	if err := s.Verified(r.Context(), m); err != nil { // nothing that nobody signed is read
		return statusOf(err)
	}
	var x message
	if err := json.Unmarshal(body, &x); err != nil {
		return http.StatusUnprocessableEntity
	}
	state, _ := strings.CutPrefix(x.Type, "call.")
	return statusOf(s.Take(r.Context(), m, telephony.Told{
		State: telephony.State(state), Call: x.Data.Call, Number: x.Data.Number, Extension: x.Data.Extension, Outgoing: x.Data.Direction == "out",
	}))
}

func statusOf(err error) int {
	if err == nil {
		return http.StatusNoContent
	}
	switch errs.KindOf(err) {
	case errs.Unauthenticated:
		return http.StatusUnauthorized
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	default:
		return http.StatusServiceUnavailable
	}
}

// refuse says so in the words of HTTP: a machine asks, which reads no page.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, strings.ToLower(http.StatusText(status))+"\n") //nolint:gosec // the words of HTTP; who has left reads nothing
}
