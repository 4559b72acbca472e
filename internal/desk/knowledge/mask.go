// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/clue"
)

// Personal is a kind of personal data that an article does not hold (N6, N37).
type Personal string

// The kinds, in the order in which they are looked for.
const (
	Secret   Personal = "secret"   // a password, a key
	Mail     Personal = "mail"     // an e-mail address
	Identity Personal = "identity" // a Chinese identity card
	BankCard Personal = "card"     // a bank card
	Phone    Personal = "phone"
	Name     Personal = "name"    // of a person that the caller knows
	Machine  Personal = "machine" // an address or a name of a machine; only where asked for
)

// Masked is how often a kind was found, and what the first ones began with.
type Masked struct {
	Kind    Personal
	Times   int
	Samples []string `json:",omitempty"` // "王…": enough to know which, no more
}

// Known are the people whom a text may name, and how far to look.
type Known struct {
	Names    []string
	Machines bool // also addresses and names of machines
}

var ( // patterns are constants in all but name
	secretShape = regexp.MustCompile(`(?i)((?:密码|口令|初始密码|临时密码|pass(?:word|wd|code)?|pwd|secret|token|api[-_ ]?key|access[-_ ]?key|private[-_ ]?key|密钥|令牌)\s*(?:是|为|改为|重置为|设为|is|was|to)?\s*[:：=]?\s*["“'` + "`" + `]?)([A-Za-z0-9!@#$%^&*()_+\-=\[\]{};:|,.<>/?~]{4,128})`) //nolint:gochecknoglobals
	keyShape    = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}|sk-[A-Za-z0-9_-]{20,})`)                //nolint:gochecknoglobals
	mailShape   = regexp.MustCompile(`[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)                                                                                                                                                                            //nolint:gochecknoglobals
	cardShape   = regexp.MustCompile(`\d(?:[ -]?\d){11,18}[Xx]?|\d(?:[ -]?\d){16}[Xx]`)                                                                                                                                                                                     //nolint:gochecknoglobals
	phoneShape  = regexp.MustCompile(`(?:\+|00)[1-9]\d{0,2}[ -]?(?:\(?\d{1,4}\)?[ -]?){2,5}\d{2,4}|1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]\d{7,8}(?:[ -]?(?:转|ext\.?|x)[ -]?\d{1,6})?|(?:(?:电话|分机|手机|联系方式|tel|phone|ext)\.?\s*[:：]?\s*)\d{4,12}`)                         //nolint:gochecknoglobals
	address     = regexp.MustCompile(`\b(?:\d{1,3}\.){3}\d{1,3}\b`)                                                                                                                                                                                                         //nolint:gochecknoglobals
	secretWord  = regexp.MustCompile(`^(?i:reset|expired|wrong|incorrect|policy|change|changed|field|manager|error|login|https?:.*|again|and|the|for|not|has|was|with|your|you|that|this|from|錯|错)$`)                                                                       //nolint:gochecknoglobals
)

// Mask returns a text without personal data, and what was taken out. put is what stands in place
// of a kind. It is pure, and masking again takes nothing more out.
func Mask(s string, k Known, put func(Personal) string) (string, []Masked) {
	m := masking{known: k, put: put}
	for range 4 { // what was covered may show what stands beside it to be a secret
		before := s
		if s = m.once(s); s == before {
			break
		}
	}
	return s, m.list
}

func (m *masking) once(s string) string {
	s = m.secrets(s)
	s = m.each(s, Mail, mailShape, nil)
	s = m.numbers(s)
	s = m.each(s, Phone, phoneShape, m.isPhone)
	s = m.names(s)
	if m.known.Machines {
		s = m.machines(s)
	}
	return s
}

// Suspect says what a text still holds that looks like personal data. Addresses of pictures are drawn
// by lot: what they look like is chance.
func Suspect(s string, k Known) []Masked {
	s = pictures.ReplaceAllString(s, "cid:")
	_, list := Mask(s, k, func(Personal) string { return "…" })
	return list
}

type masking struct {
	known Known
	put   func(Personal) string
	list  []Masked
}

// note counts a find and keeps its beginning.
func (m *masking) note(kind Personal, found string) {
	i := slices.IndexFunc(m.list, func(x Masked) bool { return x.Kind == kind })
	if i < 0 {
		m.list, i = append(m.list, Masked{Kind: kind}), len(m.list)
	}
	m.list[i].Times++
	if kind == Secret || len(m.list[i].Samples) == 5 {
		return
	}
	first, _ := utf8.DecodeRuneInString(found)
	if sample := string(first) + "…"; !slices.Contains(m.list[i].Samples, sample) {
		m.list[i].Samples = append(m.list[i].Samples, sample)
	}
}

func (m *masking) each(s string, kind Personal, shape *regexp.Regexp, is func(string) bool) string {
	var b strings.Builder
	last := 0
	for _, x := range shape.FindAllStringIndex(s, -1) {
		found := s[x[0]:x[1]]
		if is != nil && (!is(found) || partOfNumber(s, x[0], x[1])) {
			continue
		}
		m.note(kind, found)
		b.WriteString(s[last:x[0]])
		b.WriteString(m.put(kind))
		last = x[1]
	}
	b.WriteString(s[last:])
	return b.String()
}

// partOfNumber reports whether a find is cut out of a longer number.
func partOfNumber(s string, from, to int) bool {
	digit := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	return digit(from) && digit(from-1) || digit(to-1) && digit(to)
}

func (m *masking) secrets(s string) string {
	s = m.each(s, Secret, keyShape, nil)
	at := secretShape.FindAllStringSubmatchIndex(s, -1)
	var b strings.Builder
	last := 0
	for _, x := range at {
		value := s[x[4]:x[5]]
		if m.isPut(value) || !secretLike(value, s[x[2]:x[3]]) {
			continue
		}
		m.note(Secret, value)
		b.WriteString(s[last:x[4]])
		b.WriteString(m.put(Secret))
		last = x[5]
	}
	b.WriteString(s[last:])
	return b.String()
}

// isPut reports whether something stands there that was put in place of personal data.
func (m *masking) isPut(value string) bool {
	return slices.ContainsFunc([]Personal{Secret, Mail, Identity, BankCard, Phone, Name, Machine}, func(k Personal) bool { return strings.HasPrefix(value, m.put(k)) })
}

// secretLike reports whether what follows a word such as "password" is one: digits or signs in it,
// or set off by a colon or an equals sign.
func secretLike(value, before string) bool {
	value = strings.TrimRight(value, ".,;:!?)")
	if len(value) < 4 || secretWord.MatchString(value) {
		return false
	}
	if strings.ContainsAny(value, "0123456789!@#$%^&*_+=") {
		return true
	}
	return strings.ContainsAny(strings.TrimSpace(before), ":：=")
}

// numbers finds identity cards and bank cards: by their check digits, so that an order number
// stays what it is.
func (m *masking) numbers(s string) string {
	bare := func(found string) string { return strings.NewReplacer(" ", "", "-", "").Replace(found) }
	s = m.each(s, Identity, cardShape, func(found string) bool { return isIdentity(bare(found)) })
	return m.each(s, BankCard, cardShape, func(found string) bool {
		plain := bare(found)
		return len(plain) >= 15 && len(plain) <= 19 && luhn(plain)
	})
}

// isIdentity checks the 18 characters of GB 11643: region, birthday, sequence, check character.
func isIdentity(s string) bool {
	if len(s) != 18 {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * w
	}
	year, month, day := s[6:10], s[10:12], s[12:14]
	if year < "1900" || year > "2099" || month < "01" || month > "12" || day < "01" || day > "31" {
		return false
	}
	return strings.ToUpper(s[17:]) == string("10X98765432"[sum%11])
}

// luhn checks the last digit of a bank card (ISO/IEC 7812-1).
func luhn(s string) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		d := int(s[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return sum%10 == 0 && strings.Trim(s, "0") != ""
}

// isPhone leaves alone what a date, a version or an address of a machine looks like.
func (m *masking) isPhone(found string) bool {
	digits := 0
	for _, r := range found {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits >= 4 && digits <= 16 && !strings.Contains(found, ".")
}

// names takes out names that the caller knows: whole words of Latin letters, and ideographs
// wherever they stand. The longest goes first, so that nothing of one is left.
func (m *masking) names(s string) string {
	var list []string
	for _, n := range m.known.Names {
		if n = strings.TrimSpace(n); utf8.RuneCountInString(n) >= 2 && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	for _, n := range list {
		expr := `(?i)` + regexp.QuoteMeta(n)
		if r, _ := utf8.DecodeRuneInString(n); r < 0x2e80 {
			expr = `(?i)\b` + regexp.QuoteMeta(n) + `\b`
		}
		shape, err := regexp.Compile(expr)
		if err != nil {
			continue
		}
		s = m.each(s, Name, shape, nil)
	}
	return s
}

// machines takes out addresses and names of machines and devices.
func (m *masking) machines(s string) string {
	list := clue.Find(s)
	slices.SortFunc(list, func(a, b clue.Clue) int { return b.End - a.End })
	for _, c := range list {
		if c.Kind == clue.Host || c.Kind == clue.Address || c.Kind == clue.Device {
			m.note(Machine, s[c.Start:c.End])
			s = s[:c.Start] + m.put(Machine) + s[c.End:]
		}
	}
	return m.each(s, Machine, address, nil)
}
