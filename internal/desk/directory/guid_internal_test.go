// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"testing"

	"pgregory.net/rapid"
)

// Active Directory hands out the key of an entry as sixteen bytes, of which the first three groups
// stand backwards. It is kept as administrators read it, and asked for as the server has it.
func TestTheKeyOfActiveDirectoryIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	raw := string([]byte{0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff})
	const read = "00112233-4455-6677-8899-aabbccddeeff"
	m := Mapping{ID: objectGUID}
	r := Record{Values: map[string][]string{"objectguid": {raw}}}
	if got := m.key(r); got != read {
		t.Errorf("read as %q", got)
	}
	if got := m.is(read); got != `(objectGUID=\33\22\11\00\55\44\77\66\88\99\aa\bb\cc\dd\ee\ff)` {
		t.Errorf("asked for by %q", got)
	}
	for name, bad := range map[string]string{"short": raw[:15], "long": raw + "x", "empty": "", "text": read} {
		if got := m.key(Record{Values: map[string][]string{"objectguid": {bad}}}); got != "" {
			t.Errorf("%s: is the key %q", name, got)
		}
	}
	for name, bad := range map[string]string{"short": read[:35], "no digits": "zz112233-4455-6677-8899-aabbccddeeff", "empty": ""} {
		if got := guidBytes(bad); got != "" {
			t.Errorf("%s: is the bytes %x", name, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		b := string(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		if got := guidBytes(guidText(b)); got != b {
			t.Fatalf("%x comes back as %x", b, got)
		}
	})
}
