// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"bytes"
	"strings"
	"unicode/utf8"

	charset "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// decodeText makes text of bytes in a character set, and reports whether the label was
// right. Labels lie, in these ways, and each is seen through:
//
//   - "gb2312" means whatever Chinese Windows wrote: all three GB names decode as GB18030
//   - UTF-8 is sent as "gb2312", "iso-8859-1" or "us-ascii"
//   - GBK is sent as "utf-8", "us-ascii", or without a label
//   - the label is misspelt, private, or no label at all
//
// Bytes that no set explains become U+FFFD.
func decodeText(b []byte, label string) (string, bool) {
	label = normal(label)
	if s, ok := byMark(b); ok {
		return s, true
	}
	switch {
	case label == "utf-7":
		return decodeUTF7(b), true
	case label == "hz-gb-2312":
		return decodeWith(simplifiedchinese.HZGB2312, b), true
	case shifted(label) != nil && isASCII(b):
		return decodeShifted(b, shifted(label)), true
	case strings.HasPrefix(label, "iso-2022-"), strings.HasPrefix(label, "utf-16"), strings.HasPrefix(label, "utf-32"), strings.HasPrefix(label, "ucs-"):
		if enc := lookup(label); enc != nil {
			return decodeWith(enc, b), true
		}
	}
	if isASCII(b) {
		if bytes.Contains(b, []byte("\x1b$")) || bytes.Contains(b, []byte("\x1b(J")) {
			return decodeWith(japanese.ISO2022JP, b), false
		}
		return string(b), true
	}
	if label == "" || label == "us-ascii" || label == "utf-8" {
		return decodeUnlabelled(b, label)
	}
	enc := lookup(label)
	if enc == nil {
		s, _ := decodeUnlabelled(b, "")
		return s, false
	}
	if utf8.Valid(b) && betterAsUTF8(b, enc) {
		return string(b), false
	}
	if other := contradicts(b, enc); other != nil {
		return decodeWith(other, b), false
	}
	return decodeWith(enc, b), true
}

// decodeUnlabelled decodes bytes beyond ASCII that are said to be ASCII, UTF-8 or nothing.
func decodeUnlabelled(b []byte, label string) (string, bool) {
	if utf8.Valid(b) {
		return string(b), label == "utf-8"
	}
	good, bad := countUTF8(b)
	if good > 4*bad || label == "utf-8" && good >= bad { // UTF-8 that was cut, or damaged on the way
		return strings.ToValidUTF8(string(b), "\uFFFD"), label == "utf-8"
	}
	if enc := guess(b); enc != nil {
		return decodeWith(enc, b), false
	}
	return decodeWith(charmap.Windows1252, b), false
}

// countUTF8 counts characters beyond ASCII and bytes that belong to none.
func countUTF8(b []byte) (good, bad int) {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		i += n
	}
	return good, bad
}

// betterAsUTF8 reports whether bytes that are valid UTF-8 are meant as UTF-8, against a
// label. For a set of one byte a character that is nearly certain. For the sets of East
// Asia it takes characters of three bytes, because pairs of bytes can be valid as both.
func betterAsUTF8(b []byte, declared charset.Encoding) bool {
	if !wide(declared) {
		return true
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if n == 3 && r >= 0x2000 {
			return true
		}
		i += n
	}
	return false
}

// byMark decodes bytes that begin with a byte order mark.
func byMark(b []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) && utf8.Valid(b):
		return string(b[3:]), true
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return decodeWith(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), b), true
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return decodeWith(unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM), b), true
	}
	return "", false
}

// decodeWith decodes; no decoder of the library fails, bad bytes become U+FFFD.
func decodeWith(enc charset.Encoding, b []byte) string {
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(out)
}

// wide reports whether a character set writes most of its characters with two bytes.
func wide(enc charset.Encoding) bool {
	switch enc {
	case simplifiedchinese.GB18030, traditionalchinese.Big5, japanese.ShiftJIS, japanese.EUCJP, korean.EUCKR:
		return true
	}
	return false
}

// normal brings a label to one spelling.
func normal(label string) string {
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'<>`))
	if _, after, found := strings.Cut(label, "="); found { // charset="charset=utf-8"
		label = strings.Trim(after, `"' `)
	}
	if i := strings.IndexAny(label, " ;,"); i > 0 {
		label = label[:i]
	}
	switch label {
	case "utf8", "unicode-1-1-utf-8", "x-unicode20utf8", "utf-8n", "cp65001", "utf_8":
		return "utf-8"
	case "ascii", "ansi_x3.4-1968", "iso646-us", "us", "7bit", "ansi_x3.110-1983", "usascii":
		return "us-ascii"
	case "utf7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7":
		return "utf-7"
	case "hz", "hz-gb2312":
		return "hz-gb-2312"
	case "none", "default", "unknown", "x-unknown", "unknown-8bit", "8bit", "binary", "x-user-defined", "iso-8859", "ansi", "auto", "_autodetect_all":
		return ""
	}
	return label
}

// lookup returns the character set of a label, or nil. Browsers make one question mark of a whole text
// in some sets (charset.Replacement); those are unknown here.
func lookup(label string) charset.Encoding {
	switch label {
	case "gb2312", "gb_2312-80", "csgb2312", "gb2312-80", "gb_2312", "x-gbk", "gbk", "cp936", "ms936", "936", "windows-936", "x-cp20936",
		"euc-cn", "x-euc-cn", "euccn", "gb18030", "gb-18030", "gb18030-2000", "gb18030-2005", "gb18030-2022", "gb13000", "chinese", "iso-ir-58", "cn-gb", "csiso58gb231280":
		return simplifiedchinese.GB18030
	case "big5", "big-5", "x-big5", "cp950", "ms950", "windows-950", "950", "big5-hkscs", "big5hkscs", "cn-big5", "csbig5", "big5-eten", "x-x-big5":
		return traditionalchinese.Big5
	case "cp932", "ms932", "windows-932", "windows-31j", "x-sjis", "sjis", "shift-jis", "shift_jis", "ms_kanji", "csshiftjis":
		return japanese.ShiftJIS
	case "iso-2022-jp", "iso2022jp", "csiso2022jp", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-ms", "cp50220", "cp50221":
		return japanese.ISO2022JP
	case "cp949", "ms949", "windows-949", "uhc", "euc-kr", "ks_c_5601-1987", "ks_c_5601", "ksc5601", "ksc_5601", "korean":
		return korean.EUCKR
	case "utf-16":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case "latin1", "latin-1", "iso-8859-1", "iso8859-1", "8859-1", "iso_8859-1", "iso-8859-1-windows-3.1-latin-1", "cp819", "l1":
		return charmap.Windows1252
	}
	if enc, err := htmlindex.Get(label); err == nil && enc != charset.Replacement {
		return enc
	}
	if enc, err := ianaindex.MIME.Encoding(label); err == nil && enc != nil {
		return enc
	}
	// "cp1251", "ibm-850", "windows1251", "iso-8859-15-euro", "iso8859-15"
	name := strings.NewReplacer("ibm-", "ibm", "cp-", "cp", "windows1", "windows-1", "win-1", "windows-1", "cp125", "windows-125", "iso8859", "iso-8859", "iso_8859", "iso-8859").Replace(label)
	for name != "" {
		if enc, err := htmlindex.Get(name); err == nil && enc != charset.Replacement {
			return enc
		}
		if enc, err := ianaindex.IANA.Encoding(name); err == nil && enc != nil {
			return enc
		}
		i := strings.LastIndexByte(name, '-')
		name = name[:max(i, 0)]
	}
	return nil
}

// metaCharset returns the character set that an HTML document states in its first lines.
func metaCharset(b []byte) string {
	head := bytes.ToLower(b[:min(len(b), 2048)])
	for {
		_, rest, found := bytes.Cut(head, []byte("charset="))
		if !found {
			return ""
		}
		rest = bytes.TrimLeft(rest, `"' `)
		end := bytes.IndexAny(rest, "\"' ;/>\r\n")
		if end > 0 {
			return string(rest[:end])
		}
		head = rest
	}
}
