// SPDX-License-Identifier: Apache-2.0

package secret_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

func TestWhatIsSealedComesBackOnlyForItsPurpose(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := secret.New(master(1))
		value := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "value")
		sealed, err := k.Seal("mail", value)
		if err != nil {
			t.Fatal(err)
		}
		if len(value) > 3 && strings.Contains(sealed, string(value)) {
			t.Fatalf("the value can be read in %q", sealed)
		}
		got, err := k.Open("mail", sealed)
		if err != nil || !bytes.Equal(got, value) {
			t.Fatalf("Open = %q, %v, want %q", got, err, value)
		}
		if _, err := k.Open("chat", sealed); !errors.Is(err, secret.ErrSealed) {
			t.Fatalf("another purpose: %v", err)
		}
	})
}

func TestTheSameValueSealsDifferentlyEachTime(t *testing.T) {
	t.Parallel()
	k := secret.New(master(1))
	a, errA := k.Seal("mail", []byte("correct horse"))
	b, errB := k.Seal("mail", []byte("correct horse"))
	if errA != nil || errB != nil || a == b {
		t.Errorf("%q, %v and %q, %v", a, errA, b, errB)
	}
}

func TestASealOutlivesItsMasterAsAPredecessor(t *testing.T) {
	t.Parallel()
	sealed, err := secret.New(master(1)).Seal("mail", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := secret.New(master(2), master(1)).Open("mail", sealed); err != nil || string(got) != "x" {
		t.Errorf("with the predecessor: %q, %v", got, err)
	}
	if _, err := secret.New(master(2)).Open("mail", sealed); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("without it: %v", err)
	}
}

func TestASealThatWasTouchedIsRefused(t *testing.T) {
	t.Parallel()
	k := secret.New(master(1))
	sealed, err := k.Seal("mail", []byte("correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{
		"nothing": "", "only the key id": sealed[:2], "cut short": sealed[:len(sealed)-2], "longer": sealed + "AA",
		"plain text": "correct horse", "another key id": "zz" + sealed[2:], "very long": strings.Repeat("A", 1<<20),
	} {
		if got, err := k.Open("mail", s); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for i := range sealed {
		touched := []byte(sealed)
		if touched[i] = 'A'; sealed[i] == 'A' {
			touched[i] = 'B'
		}
		if got, err := k.Open("mail", string(touched)); !errors.Is(err, secret.ErrSealed) {
			t.Errorf("character %d: %q, %v", i, got, err)
		}
	}
}

func TestALongValueIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := secret.New(master(1)).Seal("mail", make([]byte, secret.MaxSealed+1)); err == nil {
		t.Error("a value beyond MaxSealed was taken")
	}
}
