// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/loopdesk/loopdesk/internal/kit/richtext"
)

// Programs send codes and links that let whoever reads them in somewhere. Somebody who has a
// service write to the desk's address, or to the address of their own ticket, would use the desk
// to read such a mail (S02). So they are covered before anything of it is stored: on the ticket,
// in search, in letters and for programs there is nothing to read. The original rests in the
// journal, for leads.

// cover stands where a secret stood.
const cover = "••••••"

// reach is how far from the words that name a code it may stand, in bytes.
const reach = 160

var (
	// codeWords name a code that lets somebody in.
	codeWords = regexp.MustCompile(`(?i)验证码|驗證碼|校验码|动态码|动态密码|动态口令|短信码|一次性(?:密码|口令|验证码|代码)|安全码|安全代码|激活码|登录码|登入碼|认证码|(?:临时|初始|随机|新)密码|` +
		`\b(?:verification|verify|security|log-?in|sign-?in|confirmation|authenti?cation|auth|access|activation|recovery|backup|unlock|reset|2fa|mfa|one[- ]?time|single[- ]?use)[- ](?:pass)?(?:code|key|pin|token|number)s?\b|` +
		`\bone[- ]?time (?:password|passcode)\b|\bpasscode\b|\botp\b|\b(?:temporary|initial|new) password\b|\b(?:your|this|the following|enter the|use) (?:\w+ ){0,2}(?:code|pin)\b`) //nolint:gochecknoglobals // a constant in all but name
	// codeShape is what may be one: digits in groups, or letters and digits without a space.
	codeShape = regexp.MustCompile(`\d(?:[ \x{a0}]\d){3,9}|\d{2,4}(?:[ -]\d{2,4}){1,2}|[A-Za-z0-9][A-Za-z0-9!@#$%^&*_+=-]{2,30}[A-Za-z0-9!@#$%^&*]`) //nolint:gochecknoglobals // a constant in all but name
	// linkWords say that a link lets somebody in.
	linkWords = regexp.MustCompile(`(?i)\b(?:verify|confirm|activate|validate)\b.{0,40}\b(?:e-?mail|address|account|identity|registration|sign-?up)\b|\breset\b.{0,30}\bpassword\b|\bpassword\b.{0,15}\breset\b|\b(?:set|create|choose)\b.{0,15}\bpassword\b|` +
		`\bmagic link\b|\b(?:sign|log)[- ]?in link\b|\b(?:one-time|single-use|log-?in|sign-?in) (?:link|url)\b|\bunlock\b.{0,30}\baccount\b|\baccept\b.{0,20}\binvit|\binvited\b.{0,60}\bjoin\b|\bjoin\b.{0,40}\b(?:workspace|team|organi[sz]ation)\b|` +
		`(?:验证|激活|确认|绑定).{0,8}(?:邮箱|邮件地址|账号|帐号|账户|身份|注册)|(?:重置|找回|设置|修改).{0,6}密码|登录链接|一键登录|免密登录|邀请.{0,20}加入|接受邀请`) //nolint:gochecknoglobals // a constant in all but name
	links = regexp.MustCompile(`(?i)\bhttps?://([^\s/<>"'，。；、）】」》]+)([^\s<>"'，。；、）】」》]*)`) //nolint:gochecknoglobals // a constant in all but name
	// byProgram is how programs speak of codes where their address does not say that nobody reads it.
	byProgram = regexp.MustCompile(`(?i)(?:do not|don'?t|never) (?:share|disclose|forward|give)|if (?:you|this was) (?:did ?n[o']t|didn.t|not you|have not)|expires? (?:in|after|at)|(?:is )?valid (?:for|until)|(?:请勿|切勿|勿|不要)(?:泄露|告诉|告知|转发|透露|将)|非本人|不是您本人|未(?:发起|请求)|分钟(?:内|之内)有效|有效期`) //nolint:gochecknoglobals // a constant in all but name
)

// covered is a mail without the codes and links that let somebody in; Masked says that there were
// any. Only what programs send is looked at: what a person writes is theirs to tell.
//
// Its HTML goes: the same words stand there, in ways that nobody can list. Of its files those stay
// in which words can be read and nothing lets anybody in; a picture or a document may hold what the
// text speaks of.
func covered(m Mail) Mail {
	words := m.Subject + "\n" + m.Text
	html := ""
	if m.HTML != "" { // a button has its address here and nowhere else
		html = richtext.Text(m.HTML)
	}
	all := words + "\n" + html
	for _, f := range m.Files {
		all += "\n" + f.Text
	}
	if !m.Automatic && !m.AutoReply && !silentSender(m.FromAddr) && !byProgram.MatchString(all) {
		return m
	}
	lets, names := linkWords.MatchString(all), codeWords.MatchString(all+"\n"+m.Quoted)
	if m.Bounce || !names && !lets {
		return m
	}
	c := covering{lets: lets}
	out := m
	// A code that the subject names may stand in the text, and the other way round.
	whole, body, found := strings.Cut(c.hide(words), "\n")
	out.Subject, out.Quoted = whole, c.hide(m.Quoted)
	if out.Text = ""; found {
		out.Text = body
	}
	c.hide(html)
	if lets {
		c.links(m.HTML)
	}
	if out.Files = c.files(m.Files); c.spans == 0 && (!names || !c.unread) {
		return m
	}
	out.Masked, out.HTML = true, ""
	return out
}

// covering covers the pieces of one mail and counts what it found.
type covering struct {
	lets   bool // the words speak of a link that lets somebody in
	spans  int
	unread bool // there is a file in which nobody can look
}

func (c *covering) hide(s string) string {
	s, n := uncode(s)
	c.spans += n
	if c.lets {
		s = c.links(s)
	}
	return s
}

func (c *covering) links(s string) string {
	s, n := unlink(s)
	c.spans += n
	return s
}

// files are those in which something can be read and nothing is covered.
func (c *covering) files(list []File) []File {
	var out []File
	for _, f := range list {
		before := c.spans
		switch c.hide(f.Text); {
		case f.Text == "":
			c.unread = c.unread || !f.Inline
		case c.spans == before:
			out = append(out, f)
		}
	}
	return out
}

// uncode covers what stands near words that name a code and looks like one, and the same wherever
// else it stands.
func uncode(s string) (string, int) {
	near := codeWords.FindAllStringIndex(s, -1)
	if len(near) == 0 {
		return s, 0
	}
	known := map[string]bool{}
	for _, x := range codeShape.FindAllStringIndex(s, -1) {
		if !secretive(s[x[0]:x[1]]) || inLink(s, x[0]) {
			continue
		}
		for _, w := range near {
			if x[0] >= w[1] && x[0]-w[1] <= reach || x[1] <= w[0] && w[0]-x[1] <= reach/2 {
				known[s[x[0]:x[1]]] = true
			}
		}
	}
	n := 0
	out := codeShape.ReplaceAllStringFunc(s, func(piece string) string {
		if known[piece] {
			n++
			return cover
		}
		return piece
	})
	return out, n
}

// secretive reports whether a piece looks like a code: four or more digits, or letters and digits
// mixed. A date, a time and a year are none, nor is a word.
func secretive(piece string) bool {
	digits, letters, lower, marks := 0, 0, 0, 0
	for _, r := range piece {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			if letters++; unicode.IsLower(r) {
				lower++
			}
		case r != ' ' && r != '-':
			marks++
		}
	}
	switch {
	case digits == 0:
		return false
	case letters == 0 && marks == 0:
		return digits >= 4 && digits <= 10 && !dateShape.MatchString(piece)
	case strings.Count(piece, "-") > 0 && lower == letters && letters > 3: // a word with a number, "covid-19"
		return false
	}
	return digits+letters+marks >= 5
}

var dateShape = regexp.MustCompile(`^(?:19|20)\d{2}(?:[-/. ]\d{1,2}){1,2}$|^(?:19|20)\d{2}$`) //nolint:gochecknoglobals // a constant in all but name

// inLink reports whether a place is within an address, which is covered as a whole or not at all.
func inLink(s string, at int) bool {
	from := strings.LastIndexAny(s[:at], " \t\n\u00a0<>\"'，。；：") + 1
	return strings.Contains(s[from:at], "://") || strings.Contains(s[from:at], "@")
}

// unlink covers everything behind the host of addresses that may hold a secret.
func unlink(s string) (string, int) {
	n := 0
	out := links.ReplaceAllStringFunc(s, func(address string) string {
		g := links.FindStringSubmatch(address)
		if !strings.Contains(g[2], "?") && !longPart(g[2]) {
			return address
		}
		n++
		return address[:len(address)-len(g[2])] + "/" + cover
	})
	return out, n
}

// longPart reports whether a path has a part that nobody would type: a token.
func longPart(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if len(part) >= 12 && strings.ContainsFunc(part, unicode.IsDigit) || len(part) >= 32 {
			return true
		}
	}
	return false
}
