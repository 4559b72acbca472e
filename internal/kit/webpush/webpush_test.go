// SPDX-License-Identifier: Apache-2.0

package webpush_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/kit/webpush"
)

func bytesOf(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func privateKey(t *testing.T, raw []byte) *ecdh.PrivateKey {
	t.Helper()
	k, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The example of RFC 8291, section 5 and appendix A.
func TestRFC8291_TheExampleOfTheStandard(t *testing.T) {
	t.Parallel()
	const plain = "When I grow up, I want to be a watermelon"
	browser, auth := privateKey(t, bytesOf(t, "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")), bytesOf(t, "BTBZMqHH6r4Tts7J_aSIgg")
	sender := privateKey(t, bytesOf(t, "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	got, err := webpush.SealWith([]byte(plain), bytesOf(t, "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
		auth, bytesOf(t, "DGv6ra1nlYgDCS1FRnbzlw"), sender)
	want := "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	if err != nil || base64.RawURLEncoding.EncodeToString(got) != want {
		t.Fatalf("%v\n got %s\nwant %s", err, base64.RawURLEncoding.EncodeToString(got), want)
	}
	if back, err := webpush.Open(got, browser, auth); err != nil || string(back) != plain {
		t.Errorf("%q, %v", back, err)
	}
}

func TestOnlyTheBrowserReadsIt(t *testing.T) {
	t.Parallel()
	browser, other := newKey(t), newKey(t)
	auth := bytes.Repeat([]byte{9}, 16)
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, webpush.MaxBody).Draw(t, "body")
		sealed, err := webpush.Seal(body, browser.PublicKey().Bytes(), auth)
		if err != nil || len(sealed) > 4096 {
			t.Fatalf("%d bytes, %v", len(sealed), err)
		}
		if back, err := webpush.Open(sealed, browser, auth); err != nil || !bytes.Equal(back, body) {
			t.Fatalf("%q, %v", back, err)
		}
		if _, err := webpush.Open(sealed, other, auth); err == nil {
			t.Fatal("another browser reads it")
		}
		if _, err := webpush.Open(sealed, browser, bytes.Repeat([]byte{8}, 16)); err == nil {
			t.Fatal("it is read without the secret")
		}
		touched := bytes.Clone(sealed)
		touched[rapid.IntRange(0, 15).Draw(t, "at")] ^= 1
		if _, err := webpush.Open(touched, browser, auth); err == nil {
			t.Fatal("a touched message is read")
		}
	})
}

func newKey(t *testing.T) *ecdh.PrivateKey {
	t.Helper()
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestWhatNoBrowserIsIsRefused(t *testing.T) {
	t.Parallel()
	point, auth := newKey(t).PublicKey().Bytes(), make([]byte, 16)
	for name, c := range map[string][3][]byte{
		"too long":         {make([]byte, webpush.MaxBody+1), point, auth},
		"no point":         {nil, make([]byte, 65), auth},
		"a short point":    {nil, point[:64], auth},
		"a short secret":   {nil, point, auth[:15]},
		"without a secret": {nil, point, nil},
	} {
		if _, err := webpush.Seal(c[0], c[1], c[2]); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	for _, s := range [][]byte{nil, make([]byte, 20), append(make([]byte, 20), 65), make([]byte, 86)} {
		if _, err := webpush.Open(s, newKey(t), auth); err == nil {
			t.Errorf("%d bytes were read", len(s))
		}
	}
}

func TestRFC8292_TheDeskSaysWhoItIs(t *testing.T) {
	t.Parallel()
	key, until := newKey(t), time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	head, err := webpush.Authorization("https://push.example.net:8443/send/abc?x=1", key.Bytes(), "https://desk.example.org", until)
	if err != nil {
		t.Fatal(err)
	}
	rest, ok := strings.CutPrefix(head, "vapid t=")
	word, k, ok2 := strings.Cut(rest, ", k=")
	parts := strings.Split(word, ".")
	if !ok || !ok2 || len(parts) != 3 || !bytes.Equal(bytesOf(t, k), key.PublicKey().Bytes()) {
		t.Fatal(head)
	}
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(bytesOf(t, parts[1]), &claims); err != nil {
		t.Fatal(err)
	}
	if claims.Aud != "https://push.example.net:8443" || claims.Sub != "https://desk.example.org" || claims.Exp != until.Unix() {
		t.Errorf("%+v", claims)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), bytesOf(t, k))
	if err != nil {
		t.Fatal(err)
	}
	sum, sign := sha256.Sum256([]byte(parts[0]+"."+parts[1])), bytesOf(t, parts[2])
	if len(sign) != 64 || !ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(sign[:32]), new(big.Int).SetBytes(sign[32:])) {
		t.Error("the signature is none")
	}
	if _, err := webpush.Authorization("nowhere", key.Bytes(), "", until); err == nil {
		t.Error("an endpoint without a host was taken")
	}
}
