// SPDX-License-Identifier: Apache-2.0

package clue

import (
	"cmp"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Kind says what a clue is.
type Kind string

// The kinds of clue.
const (
	Code    Kind = "code"    // ORA-01653, 0x80070035, HTTP 503, 错误 691
	Page    Kind = "page"    // the address of a page
	Host    Kind = "host"    // erp.qinglan.example
	Address Kind = "address" // of a machine: 10.2.4.18
	Version Kind = "version" // v2.4.1, 23H2
	Device  Kind = "device"  // PRN-3F-02, a serial number, a hardware address

	none Kind = "" // seen, and no clue: the address of a person
)

// Clue is a fact in a text.
type Clue struct {
	Kind  Kind
	Text  string // as it was written
	Value string // the same for all ways to write it, in small letters
	Start int    // bytes
	End   int
}

// bounds of what is read and returned.
const (
	maxText  = 40_000 // bytes
	maxClues = 60
	maxValue = 120
)

// Find returns the clues of a text in their order, each value once.
func Find(text string) []Clue {
	if len(text) > maxText {
		text = text[:maxText]
	}
	var all []Clue
	taken := make([]bool, len(text)+1)
	low := small(text)
	for _, l := range looks() {
		if !slices.ContainsFunc(l.needs, func(n string) bool { return strings.Contains(low, n) }) || l.inside != nil && !within(low, l.inside) {
			continue
		}
		for _, x := range l.expr.FindAllStringSubmatchIndex(text, 200) {
			from, to := x[2*l.group], x[2*l.group+1]
			if from < 0 || slices.Contains(taken[from:to], true) {
				continue
			}
			c := Clue{Kind: l.kind, Text: text[from:to], Start: from, End: to}
			c.Text = strings.TrimRight(c.Text, ".,;:!?)-_")
			c.End = from + len(c.Text)
			value, sure := l.value(c.Text, text[max(0, from-24):from])
			if !sure || value == "" || len(value) > maxValue {
				continue
			}
			mark(taken, from, to) // what is one kind is no other
			if c.Value = value; c.Kind != none {
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Clue) int { return cmp.Compare(a.Start, b.Start) })
	var out []Clue
	for _, c := range all {
		if len(out) < maxClues && !slices.ContainsFunc(out, func(o Clue) bool { return o.Value == c.Value }) {
			out = append(out, c)
		}
	}
	return out
}

// Value is the one way to write what somebody looks for: a clue if the words are one, else the
// words in small letters.
func Value(typed string) string {
	typed = strings.TrimSpace(typed)
	if found := Find(typed); len(found) == 1 && len(found[0].Text) >= len(typed)-1 {
		return found[0].Value
	}
	return strings.Join(strings.Fields(strings.ToLower(typed)), " ")
}

func mark(taken []bool, from, to int) {
	for i := from; i < to; i++ {
		taken[i] = true
	}
}

// look is one way to recognise a clue. value says whether what was seen is one, and how it is
// written for all.
type look struct {
	kind  Kind
	expr  *regexp.Regexp
	needs []string // one of which stands in every text that has it
	// inside, where not nil, says of three bytes that follow each other somewhere in every text,
	// in small letters, that has it: most texts have dots and dashes, few have them within a word.
	inside func(before, at, after byte) bool
	group  int
	value  func(seen, before string) (string, bool)
}

var (
	mail      = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+`)                                                                                                                                                //nolint:gochecknoglobals // a constant in all but name
	pageShape = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>"'“”‘’（）()，。；、\p{Han}]+`)                                                                                                                          //nolint:gochecknoglobals // a constant in all but name
	macShape  = regexp.MustCompile(`(?i)\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b`)                                                                                                                                       //nolint:gochecknoglobals // a constant in all but name
	ip4Shape  = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)                                                                                                                                                     //nolint:gochecknoglobals // a constant in all but name
	ip6Shape  = regexp.MustCompile(`(?i)\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}\b`)                                                                                                                                    //nolint:gochecknoglobals // a constant in all but name
	hexShape  = regexp.MustCompile(`\b0[xX][0-9a-fA-F]{2,16}\b`)                                                                                                                                                      //nolint:gochecknoglobals // a constant in all but name
	httpShape = regexp.MustCompile(`(?i)\bHTTP(?:/\d(?:\.\d)?)?[ \t]*(?:status|code|错误|状态码?)?[ \t:：]*([1-5]\d\d)\b`)                                                                                                  //nolint:gochecknoglobals // a constant in all but name
	constant  = regexp.MustCompile(`\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b`)                                                                                                                                               //nolint:gochecknoglobals // a constant in all but name
	dashed    = regexp.MustCompile(`\b[A-Z][A-Z0-9]{0,11}(?:-[A-Z0-9]{1,12}){1,4}\b`)                                                                                                                                 //nolint:gochecknoglobals // a constant in all but name
	kb        = regexp.MustCompile(`\bKB\d{6,8}\b`)                                                                                                                                                                   //nolint:gochecknoglobals // a constant in all but name
	numbered  = regexp.MustCompile(`(?i)(?:错误(?:代?码|号|编号)?|报错(?:代?码)?|故障码|代码为?|\berror(?:[ -]?code)?|\berrno|\bexit code|\breturn code|\bevent id)[ \t]*(?:[:：#=]|是|为|no\.?)?[ \t]*[“"']?([A-Za-z]{0,4}-?\d{2,8})\b`) //nolint:gochecknoglobals // a constant in all but name
	serial    = regexp.MustCompile(`(?i)(?:序列号|资产(?:编)?号|设备(?:编)?号|机身号|\bS/?N\b|\bserial(?: number| no\.?)?|\basset(?: tag| number)?|\bservice tag)[ \t]*(?:[:：#=]|是|为)?[ \t]*([A-Za-z0-9][A-Za-z0-9-]{4,24})\b`)     //nolint:gochecknoglobals // a constant in all but name
	hostShape = regexp.MustCompile(`(?i)\b[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?)*\.[a-z]{2,12}\b`)                                                                            //nolint:gochecknoglobals // a constant in all but name
	versioned = regexp.MustCompile(`(?i)\b(?:v|ver\.?|version|版本(?:号)?)[ \t:：]{0,2}(\d{1,4}(?:\.\d{1,6}){1,4}(?:-?(?:rc|beta|sp)\d{0,2})?)\b|版本(?:号)?(?:是|为)?[ \t:：]{0,2}(\d{1,4}(?:\.\d{1,6}){1,4})\b`)              //nolint:gochecknoglobals // a constant in all but name
	dotted    = regexp.MustCompile(`\b\d{1,4}\.\d{1,5}\.\d{1,6}(?:\.\d{1,6})?\b`)                                                                                                                                     //nolint:gochecknoglobals // a constant in all but name
	halfYear  = regexp.MustCompile(`\b2\dH[12]\b`)                                                                                                                                                                    //nolint:gochecknoglobals // a constant in all but name
)

// looks are tried in this order: what one has taken is left by the later ones.
func looks() []look {
	return []look{
		{Page, pageShape, []string{"://", "www."}, nil, 0, page},
		{none, mail, []string{"@"}, nil, 0, func(s, _ string) (string, bool) { return s, true }},
		{Device, macShape, []string{":", "-"}, pairs, 0, func(s, _ string) (string, bool) { return strings.ToLower(strings.ReplaceAll(s, "-", ":")), true }},
		{Address, ip4Shape, []string{"."}, dotInNumber, 0, address},
		{Address, ip6Shape, []string{":"}, colons, 0, address},
		{Device, serial, []string{"序列", "资产", "设备", "机身", "sn", "s/n", "serial", "asset", "service tag"}, nil, 1, func(s, _ string) (string, bool) { return small(s), digits(s) >= 2 }},
		{Code, hexShape, []string{"0x"}, nil, 0, func(s, _ string) (string, bool) { return small(s), len(s) >= 6 }},
		{Code, httpShape, []string{"http"}, nil, 1, func(s, _ string) (string, bool) { return "http " + s, true }},
		{Code, kb, []string{"kb"}, nil, 0, func(s, _ string) (string, bool) { return small(s), true }},
		{Code, constant, []string{"_"}, nil, 0, named},
		{Code, dashed, []string{"-"}, dashIn, 0, code},
		{Device, dashed, []string{"-"}, dashIn, 0, device},
		{Code, numbered, []string{"错误", "报错", "故障码", "代码", "err", "code", "event id"}, nil, 1, func(s, _ string) (string, bool) { return small(s), true }},
		{Version, versioned, []string{"v", "版本"}, dotInNumber, 1, func(s, _ string) (string, bool) { return small(s), true }},
		{Version, versioned, []string{"版本"}, dotInNumber, 2, func(s, _ string) (string, bool) { return small(s), true }},
		{Version, halfYear, []string{"h1", "h2"}, nil, 0, func(s, _ string) (string, bool) { return small(s), true }},
		{Host, hostShape, []string{"."}, dotIn, 0, host},
		{Version, dotted, []string{"."}, dotInNumber, 0, release},
	}
}

// within reports whether three bytes in a row are as wanted.
func within(low string, inside func(before, at, after byte) bool) bool {
	for i := 1; i < len(low)-1; i++ {
		if low[i] < '@' && inside(low[i-1], low[i], low[i+1]) { // the middle one is a sign
			return true
		}
	}
	return false
}

func plain(b byte) bool { return b >= 'a' && b <= 'z' || digit(b) }

func digit(b byte) bool { return b >= '0' && b <= '9' }

func hexed(b byte) bool { return b >= 'a' && b <= 'f' || digit(b) }

func dotIn(before, at, after byte) bool { return at == '.' && plain(before) && plain(after) }

func dotInNumber(before, at, after byte) bool { return at == '.' && digit(before) && digit(after) }

func dashIn(before, at, after byte) bool { return at == '-' && plain(before) && plain(after) }

func pairs(before, at, after byte) bool {
	return (at == ':' || at == '-') && hexed(before) && hexed(after)
}

func colons(before, at, after byte) bool {
	return at == ':' && hexed(before) && (after == ':' || hexed(after))
}

func small(s string) string { return strings.ToLower(s) }

func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

// page keeps of an address the host and the path: what stands before an @ or behind a question
// mark may be a secret.
func page(s, _ string) (string, bool) {
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" {
		return "", false
	}
	return small(u.Host) + strings.TrimRight(u.EscapedPath(), "/"), true
}

func address(s, before string) (string, bool) {
	a, err := netip.ParseAddr(s)
	if err != nil || saysVersion(before) {
		return "", false
	}
	return a.String(), !a.IsUnspecified()
}

// saysVersion reports whether the words before a number say that it is a version.
func saysVersion(before string) bool {
	b := strings.TrimRight(small(before), " :：v")
	return strings.HasSuffix(b, "version") || strings.HasSuffix(b, "版本") || strings.HasSuffix(b, "版本号") || strings.HasSuffix(small(before), "v")
}

// named takes names that programs give to what went wrong: ERR_CONNECTION_RESET.
func named(s, _ string) (string, bool) {
	first, _, _ := strings.Cut(s, "_")
	known := slices.Contains([]string{"ERR", "ERROR", "E", "DNS", "NET", "SSL", "SEC", "STATUS", "INET", "WIN", "WSA", "RPC", "PROBE", "CERT", "NS", "MOZILLA", "AUTH", "ECONN"}, first)
	return small(s), len(s) >= 7 && (known || strings.Count(s, "_") >= 2)
}

// code takes codes of a maker, ORA-01653, and others where the words before say that they are one.
func code(s, before string) (string, bool) {
	first, rest, _ := strings.Cut(s, "-")
	makers := []string{"ORA", "TNS", "PLS", "RMAN", "SP2", "CRS", "PRVF", "ERR", "ERROR", "MSB", "AADSTS", "ADSTS", "SQL", "DB2", "IMP", "EXP", "CVE", "VMW", "ESX", "SAP", "JS", "CORS"}
	switch {
	case digits(rest) < 2 || strings.Contains(rest, "-") && first != "CVE":
		return "", false
	case slices.Contains(makers, first):
		return small(s), true
	}
	b := strings.TrimRight(small(before), " :：“\"'是为#")
	for _, word := range []string{"错误", "报错", "提示", "错误码", "错误代码", "代码", "故障码", "error", "code", "exception", "异常", "显示", "报"} {
		if strings.HasSuffix(b, word) {
			return small(s), len(first) <= 8
		}
	}
	return "", false
}

// device takes what is written as desks name machines: PRN-3F-02, PC-0417.
func device(s, _ string) (string, bool) {
	first, _, _ := strings.Cut(s, "-")
	others := []string{"LD", "UTF", "SHA", "ISO", "GB", "GBK", "COVID", "AES", "RSA", "MD", "IEC", "RFC", "WPA", "USB", "HDMI", "CAT", "MP", "PM", "AM", "Q", "P", "H", "V", "A", "B", "C", "T", "W", "INC", "REQ", "CHG", "SR", "PO", "NO"}
	if len(first) < 2 || digits(first) == len(first) || slices.Contains(others, first) {
		return "", false
	}
	return small(s), digits(s) >= 3 || strings.Count(s, "-") >= 2 && digits(s) >= 2
}

// host takes names of machines; what ends as a file does is none.
func host(s, before string) (string, bool) {
	s = small(s)
	labels := strings.Split(s, ".")
	last := labels[len(labels)-1]
	domains := []string{"com", "cn", "net", "org", "edu", "gov", "io", "local", "lan", "internal", "corp", "intra", "home", "example", "test", "de", "uk", "eu", "hk", "tw", "jp", "info", "biz", "cloud", "dev", "app"}
	if strings.HasSuffix(before, "/") || strings.HasSuffix(before, `\`) || strings.HasSuffix(before, "@") {
		return "", false
	}
	letters := strings.ContainsAny(labels[0], "abcdefghijklmnopqrstuvwxyz")
	return s, letters && slices.Contains(domains, last)
}

// release takes numbers of three parts and more that are no date and no machine.
func release(s, before string) (string, bool) {
	parts := strings.Split(s, ".")
	if len(parts[0]) == 4 && (strings.HasPrefix(parts[0], "19") || strings.HasPrefix(parts[0], "20")) && len(parts[1]) <= 2 && len(parts[2]) <= 2 {
		return "", false // a date
	}
	if len(parts[2]) == 4 && strings.HasPrefix(parts[2], "20") {
		return "", false
	}
	return s, !strings.HasSuffix(before, ".")
}
