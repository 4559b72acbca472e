// SPDX-License-Identifier: Apache-2.0

package mail

import (
	charset "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// sample is how much of a text is looked at to guess its character set, in bytes.
const sample = 8 << 10

// enough is the score from which a set of two bytes a character is believed. Ordinary
// text of the right set has above 0.8; what is read in a wrong one has below 0.6.
const enough = 0.62

// A set of East Asia and how its pairs are rated.
type asian struct {
	enc  charset.Encoding
	rate func(lead, trail byte) (float64, bool)
}

func asians() []asian {
	return []asian{
		{simplifiedchinese.GB18030, rateGB},
		{traditionalchinese.Big5, rateBig5},
		{japanese.ShiftJIS, rateSJIS},
		{japanese.EUCJP, rateEUCJP},
		{korean.EUCKR, rateEUCKR},
	}
}

// guess returns the likely character set of bytes that are not UTF-8, or nil for one of
// the Western sets.
//
// Each set of East Asia put the characters that are used every day together: level 1 of
// GB 2312, Big5 and JIS, the kana, the Hangul. So the share of byte pairs that fall there
// tells the sets apart, and needs no table of frequencies. Where two come close the desk
// decides for Chinese.
func guess(b []byte) charset.Encoding {
	if koi8Words(b) {
		return charmap.KOI8R
	}
	if cyrillic(b) && oddRuns(b) {
		return cyrillicSet(b)
	}
	best, score, _ := bestAsian(b)
	if score > enough {
		return best
	}
	if cyrillic(b) {
		return cyrillicSet(b)
	}
	return nil
}

// bestAsian returns the set of East Asia that explains bytes best, its score, and the
// number of characters that it was judged by.
func bestAsian(b []byte) (charset.Encoding, float64, int) {
	b = b[:min(len(b), sample)]
	var best charset.Encoding
	score, pairs := 0.0, 0
	for _, c := range asians() {
		got, n := ratePairs(b, c.rate, c.enc == japanese.ShiftJIS)
		switch {
		case c.enc == korean.EUCKR && allHangul(b):
			got += 0.1
		case c.enc == korean.EUCKR, c.enc == traditionalchinese.Big5 && n >= 8 && !lowTrails(b):
			got -= 0.2
		}
		if got > score+0.005 {
			best, score, pairs = c.enc, got, n
		}
	}
	return best, score, pairs
}

// contradicts returns the set in which bytes are plainly written, where it is another than
// the declared one: Chinese under a Western label, or under the label of the other China.
func contradicts(b []byte, declared charset.Encoding) charset.Encoding {
	western := declared == charmap.Windows1252 || declared == charmap.ISO8859_15
	if !western && !wide(declared) {
		return nil
	}
	best, score, pairs := bestAsian(b)
	if pairs < 4 || score < 0.8 || best == declared {
		return nil
	}
	if western {
		return best
	}
	for _, c := range asians() {
		if c.enc == declared {
			if own, _ := ratePairs(b[:min(len(b), sample)], c.rate, declared == japanese.ShiftJIS); own < score-0.25 {
				return best
			}
		}
	}
	return nil
}

// ratePairs returns the mean rate of the byte pairs of b and their number. A byte that
// begins no pair counts against the set. kana says that half-width katakana are single bytes.
func ratePairs(b []byte, rate func(lead, trail byte) (float64, bool), kana bool) (float64, int) {
	sum, n := 0.0, 0
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		n++
		if kana && b[i] >= 0xa1 && b[i] <= 0xdf {
			sum += 0.3
			continue
		}
		if i+1 >= len(b) {
			n-- // the sample ends within a pair
			break
		}
		r, ok := rate(b[i], b[i+1])
		if !ok {
			sum -= 0.5
			continue
		}
		sum += r
		i++
	}
	return sum / float64(max(n, 1)), n
}

func rateGB(lead, trail byte) (float64, bool) {
	switch {
	case lead == 0x80 || lead == 0xff || trail < 0x40 || trail == 0x7f || trail == 0xff:
		return 0, false
	case trail < 0xa1: // the extension of GBK
		return 0.1, true
	case lead >= 0xb0 && lead <= 0xd7: // level 1
		return 1, true
	case lead == 0xa1 || lead == 0xa3: // punctuation and full-width letters
		return 1, true
	case lead >= 0xd8 && lead <= 0xf7: // level 2
		return 0.4, true
	case lead == 0xa2:
		return 0.5, true
	}
	return 0.1, true
}

func rateBig5(lead, trail byte) (float64, bool) {
	switch {
	case lead < 0xa1 || lead > 0xf9 || trail < 0x40 || trail > 0x7e && trail < 0xa1 || trail == 0xff:
		return 0, false
	case lead >= 0xa4 && lead <= 0xc6 && (lead < 0xc6 || trail <= 0x7e): // level 1
		return 1, true
	case lead == 0xa1: // punctuation
		return 1, true
	case lead <= 0xa3:
		return 0.5, true
	case lead >= 0xc9: // level 2
		return 0.3, true
	}
	return 0.1, true
}

func rateSJIS(lead, trail byte) (float64, bool) {
	switch {
	case trail < 0x40 || trail == 0x7f || trail > 0xfc || lead == 0x80 || lead >= 0xa0 && lead <= 0xdf || lead > 0xfc:
		return 0, false
	case lead == 0x82 && trail >= 0x9f, lead == 0x83 && trail <= 0x96: // kana
		return 1, true
	case lead == 0x81: // punctuation
		return 1, true
	case lead >= 0x88 && lead <= 0x97: // level 1
		return 0.8, true
	case lead >= 0x98 && lead <= 0xea:
		return 0.2, true
	}
	return 0.1, true
}

func rateEUCJP(lead, trail byte) (float64, bool) {
	switch {
	case lead == 0x8e && trail >= 0xa1 && trail <= 0xdf: // half-width katakana
		return 0.3, true
	case lead < 0xa1 || trail < 0xa1 || lead == 0xff || trail == 0xff:
		return 0, false
	case lead == 0xa4 || lead == 0xa5: // kana
		return 1, true
	case lead == 0xa1:
		return 1, true
	case lead >= 0xb0 && lead <= 0xcf: // level 1
		return 0.8, true
	case lead >= 0xd0 && lead <= 0xf4:
		return 0.2, true
	}
	return 0.1, true
}

func rateEUCKR(lead, trail byte) (float64, bool) {
	switch {
	case lead < 0x81 || lead > 0xfe || trail < 0x41 || trail == 0xff:
		return 0, false
	case trail < 0xa1:
		return 0.1, true
	case lead >= 0xb0 && lead <= 0xc8: // Hangul
		return 1, true
	case lead == 0xa1:
		return 0.8, true
	}
	return 0.2, true
}

// allHangul reports whether every pair, of at least eight, lies in the rows of Hangul.
// Of Chinese text nearly half lies elsewhere, so eight in a row are no accident.
func allHangul(b []byte) bool {
	n := 0
	for i := 0; i+1 < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if b[i] < 0xa1 || b[i] > 0xc8 || b[i+1] < 0xa1 {
			return false
		}
		if b[i] >= 0xb0 {
			n++
		}
		i++
	}
	return n >= 8
}

// lowTrails reports whether a second byte is below 0x80. Of Big5 text four in ten are.
func lowTrails(b []byte) bool {
	for i := 0; i+1 < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if i++; b[i] >= 0x40 && b[i] < 0x80 {
			return true
		}
	}
	return false
}

// cyrillic reports whether most letters are beyond ASCII and stand in words of their own.
func cyrillic(b []byte) bool {
	high, low, runs := 0, 0, 0
	for i, c := range b {
		switch {
		case c >= 0xc0 || c == 0xa8 || c == 0xb8:
			high++
			if i > 0 && b[i-1] >= 0xc0 {
				runs++
			}
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			low++
		}
	}
	return high >= 6 && runs*2 > high && high > low/3
}

// oddRuns reports whether words beyond ASCII have an odd length often enough that they
// cannot be made of pairs.
func oddRuns(b []byte) bool {
	odd, all, run := 0, 0, 0
	for _, c := range b[:min(len(b), sample)] {
		switch {
		case c >= 0x80 && c < 0xa0: // second bytes of Shift JIS and GBK are everywhere
			return false
		case c >= 0x80:
			run++
		case run > 0:
			all, odd, run = all+1, odd+run%2, 0
		}
	}
	return odd > 0 && odd*5 >= all
}

// koi8Words reports whether every word beyond ASCII, of eight letters at least, reads as a Russian
// one in KOI8-R: small letters after the first, vowels among them, never four consonants in a row.
// Both bytes of a Chinese character fall there too, but those of four in a row do once in some
// 1,600 times.
func koi8Words(b []byte) bool {
	letters, word, vowels, row := 0, 0, 0, 0
	ends := func() bool {
		ok := word < 3 || vowels > 0 && 3*vowels <= 2*word
		word, vowels, row = 0, 0, 0
		return ok
	}
	for _, c := range b[:min(len(b), sample)] {
		switch {
		case c < 0x80:
			if !ends() {
				return false
			}
			continue
		case c == 0xa3: // ё
		case c < 0xc0, c >= 0xe0 && word > 0:
			return false
		}
		letters, word = letters+1, word+1
		switch c &^ 0x20 {
		case 0xc0, 0xc1, 0xc5, 0xc9, 0xcf, 0xd1, 0xd5, 0xd9, 0xdc, 0x83:
			vowels, row = vowels+1, 0
		default:
			if row++; row > 3 {
				return false
			}
		}
	}
	return ends() && letters >= 8
}

// cyrillicSet tells the two sets apart by where they keep the small letters.
func cyrillicSet(b []byte) charset.Encoding {
	upper := 0 // bytes above 0xe0: small in windows-1251, capital in KOI8-R
	lower := 0
	for _, c := range b {
		switch {
		case c >= 0xe0:
			upper++
		case c >= 0xc0:
			lower++
		}
	}
	if lower > upper {
		return charmap.KOI8R
	}
	return charmap.Windows1251
}
