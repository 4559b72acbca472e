// SPDX-License-Identifier: Apache-2.0

package secret_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// master returns a fixed key; tests must not depend on chance.
func master(seed byte) []byte { return bytes.Repeat([]byte{seed}, secret.Size) }

func TestS04_AMacIsOnlyGoodForWhatItWasMadeFor(t *testing.T) {
	t.Parallel()
	k := secret.New(master(1))
	mac := k.Sign("reply", "1042", "7")

	cases := map[string]struct {
		purpose, mac string
		parts        []string
		want         bool
	}{
		"the same purpose and parts":              {"reply", mac, []string{"1042", "7"}, true},
		"absent":                                  {"reply", "", []string{"1042", "7"}, false},
		"another ticket":                          {"reply", mac, []string{"1043", "7"}, false},
		"another person":                          {"reply", mac, []string{"1042", "8"}, false},
		"another purpose":                         {"confirm", mac, []string{"1042", "7"}, false},
		"the same letters split elsewhere":        {"reply", mac, []string{"104", "27"}, false},
		"the same letters in one part":            {"reply", mac, []string{"10427"}, false},
		"an empty part more":                      {"reply", mac, []string{"1042", "7", ""}, false},
		"parts missing":                           {"reply", mac, nil, false},
		"cut short":                               {"reply", mac[:secret.Len-1], []string{"1042", "7"}, false},
		"only the key id":                         {"reply", mac[:2], []string{"1042", "7"}, false},
		"one character more":                      {"reply", mac + "a", []string{"1042", "7"}, false},
		"in capitals":                             {"reply", strings.ToUpper(mac), []string{"1042", "7"}, false},
		"with a blank in front":                   {"reply", " " + mac[1:], []string{"1042", "7"}, false},
		"of another master":                       {"reply", secret.New(master(2)).Sign("reply", "1042", "7"), []string{"1042", "7"}, false},
		"of another master under our key id":      {"reply", mac[:2] + secret.New(master(2)).Sign("reply", "1042", "7")[2:], []string{"1042", "7"}, false},
		"bytes that are not even text":            {"reply", strings.Repeat("\x00", secret.Len), []string{"1042", "7"}, false},
		"the purpose written into the first part": {"", mac, []string{"reply", "1042", "7"}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := k.Verify(c.purpose, c.mac, c.parts...); got != c.want {
				t.Errorf("Verify = %v, want %v", got, c.want)
			}
		})
	}
}

func TestS04_EveryFlippedBitIsRefused(t *testing.T) {
	t.Parallel()
	k := secret.New(master(1))
	mac := k.Sign("reply", "1042", "7")
	for i := range len(mac) {
		for bit := range 8 {
			forged := []byte(mac)
			forged[i] ^= 1 << bit
			if k.Verify("reply", string(forged), "1042", "7") {
				t.Errorf("character %d with bit %d flipped was accepted: %q", i, bit, forged)
			}
		}
	}
}

func TestS18_AMacHolds128BitsInTheSafeAlphabet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.String()).Draw(t, "parts")
		purpose := rapid.String().Draw(t, "purpose")
		k := secret.New(master(3))
		mac := k.Sign(purpose, parts...)
		if len(mac) != secret.Len {
			t.Fatalf("a mac of %d characters, want %d", len(mac), secret.Len)
		}
		if strings.Trim(mac, "abcdefghijklmnopqrstuvwxyz234567") != "" {
			t.Fatalf("a character outside the alphabet: %q", mac)
		}
		if !k.Verify(purpose, mac, parts...) {
			t.Fatalf("own mac refused: %q", mac)
		}
		other := rapid.SliceOf(rapid.String()).Draw(t, "other parts")
		if k.Verify(purpose, mac, other...) && strings.Join(other, "\x00") != strings.Join(parts, "\x00") {
			t.Fatalf("parts %q pass with the mac of %q", other, parts)
		}
	})
}

func TestS04_APredecessorVerifiesAndNoLongerSigns(t *testing.T) {
	t.Parallel()
	old, fresh := secret.New(master(1)), secret.New(master(2), master(1))
	mac := old.Sign("reply", "1042")
	if !fresh.Verify("reply", mac, "1042") {
		t.Error("a mac of the predecessor is refused")
	}
	if fresh.Sign("reply", "1042") == mac {
		t.Error("the predecessor still signs")
	}
	if old.Verify("reply", fresh.Sign("reply", "1042"), "1042") {
		t.Error("the old keys accept what the new master signed")
	}
}

func TestDerivedKeysBelongToTheirPurpose(t *testing.T) {
	t.Parallel()
	k := secret.New(master(1))
	a, again, b := k.Derive("mailbox"), k.Derive("mailbox"), k.Derive("webhook")
	if len(a) != 32 || !bytes.Equal(a, again) || bytes.Equal(a, b) {
		t.Errorf("derived keys: %x %x %x", a, again, b)
	}
}

func TestNewRefusesAKeyOfTheWrongLength(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, secret.Size - 1, secret.Size + 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a master of %d bytes was taken", n)
				}
			}()
			secret.New(make([]byte, n))
		}()
	}
}
