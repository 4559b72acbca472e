// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/richtext"
)

// Returned is what a message says about another one that did not arrive.
type Returned struct {
	IDs      []string // Message-IDs in it that may be the other's, with angle brackets; at most 50
	Receiver string   // whom it did not reach; empty where it does not say
	Status   string   // enhanced status code, "5.1.1"; empty where there is none
	Answer   string   // what the server said, one line, at most 300 characters
	Final    bool     // nobody will try again
	Hard     bool     // the address does not exist or is closed for good
}

// Returned reads a message that Bounced reports true of: the standard parts of RFC 3464 where
// it has them, and else the words that servers write for people. Most Chinese ones do only that.
func (m Message) Returned() Returned {
	words := m.reportText()
	r := Returned{IDs: m.returnedIDs(words)}
	if m.Report != nil {
		for _, one := range m.Report.Receivers {
			if one.Action == "delivered" || one.Action == "relayed" || one.Action == "expanded" {
				continue
			}
			r.Receiver, r.Status, r.Answer = one.Addr, one.Status, afterType(one.Diagnostic)
			r.Final = one.Action == "failed" || one.Action == "" && strings.HasPrefix(one.Status, "5")
			if r.Final {
				break
			}
		}
	}
	if r.Receiver == "" {
		r.Receiver = labelledAddress(words)
	}
	if r.Answer == "" {
		r.Answer = reason(words)
	}
	if r.Status == "" {
		r.Status = statusIn(r.Answer)
	}
	if m.Report == nil || len(m.Report.Receivers) == 0 {
		r.Final = !strings.HasPrefix(r.Status, "4") && !hasAny(strings.ToLower(m.Subject+"\n"+r.Answer), waitingWords())
	}
	if r.Answer == "" {
		r.Answer = m.Subject
	}
	r.Answer = clip(cleanLine(r.Answer), 300)
	low := strings.ToLower(r.Answer)
	full := hasAny(low, fullWords()) || strings.HasPrefix(r.Status, "5.2.2")
	nobody := hasAny(low, nobodyWords()) || strings.HasPrefix(r.Status, "5.1.1") || strings.HasPrefix(r.Status, "5.1.10") || strings.HasPrefix(r.Status, "5.2.1")
	r.Hard = r.Final && nobody && !full
	return r
}

// undelivered reports whether the words are a report: they name whom a mail did not reach, and why.
func (m Message) undelivered() bool {
	words := m.reportText()
	return labelledAddress(words) != "" && reason(words) != ""
}

// reportText is what a person would read of the report.
func (m Message) reportText() string {
	var out strings.Builder
	for _, b := range m.Body {
		if strings.TrimSpace(b.Plain) != "" {
			out.WriteString(b.Plain + "\n")
		} else {
			out.WriteString(richtext.Text(b.HTML) + "\n")
		}
	}
	return clip(out.String(), 64<<10)
}

// returnedIDs gathers every Message-ID that may be the other message's: of the message
// within, of header fields that came as a file or as text.
func (m Message) returnedIDs(words string) []string {
	var out []string
	add := func(text string) {
		for len(out) < 50 {
			_, after, found := strings.Cut(text, "<")
			if !found {
				return
			}
			id, rest, closed := strings.Cut(after, ">")
			if !closed {
				return
			}
			if text = rest; strings.Contains(id, "@") && len(id) <= 250 && !strings.ContainsAny(id, " \t\r\n<\"") {
				if slices.Contains(out, "<"+id+">") {
					continue
				}
				out = append(out, "<"+id+">")
			} else if i := strings.LastIndex(id, "<"); i >= 0 { // an opening that was none
				text = id[i:] + ">" + rest
			}
		}
	}
	for _, n := range m.Nested {
		add(n.MessageID)
	}
	for _, f := range m.Files {
		switch f.Type {
		case "text/rfc822-headers", "message/delivery-status", "message/rfc822", "message/rfc822-headers", "message/global-delivery-status":
			add(string(f.Data[:min(len(f.Data), 64<<10)]))
		}
	}
	add(words)
	return out
}

// bounceLabels stand before the address that was not reached, in the words of servers.
func bounceLabels() []string {
	return []string{
		"收件人地址", "收件人", "收信人", "接收人", "无法发送到", "发送给", "发送到", "投递到", "接收方", "退信地址", "失败地址",
		"final-recipient", "original-recipient", "recipient", "delivery to", "the following address", "undeliverable to", "your message to", "could not be delivered to", "to:",
	}
}

// labelledAddress finds the address behind the first such label, else the first in the text.
func labelledAddress(words string) string {
	low := strings.ToLower(words)
	for _, l := range bounceLabels() {
		if i := strings.Index(low, l); i >= 0 && len(low) == len(words) {
			if a := firstAddress(clip(words[i+len(l):], 300)); a != "" {
				return a
			}
		}
	}
	return firstAddress(words)
}

// firstAddress finds something of the form of an address.
func firstAddress(s string) string {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '@')
		if i < 0 {
			return ""
		}
		at := from + i
		a, b := at, at+1
		for a > 0 && addressByte(s[a-1]) {
			a--
		}
		for b < len(s) && addressByte(s[b]) {
			b++
		}
		if one := strings.Trim(s[a:b], ".-"); at > a && strings.Contains(s[at:b], ".") && len(one) <= 254 {
			return strings.ToLower(one)
		}
		from = at + 1
	}
}

func addressByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_' || c == '+'
}

// reason finds the line on which a server says why: behind a label, or with a reply code.
func reason(words string) string {
	var list []string
	for line := range strings.Lines(words) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	for i, line := range list {
		for _, l := range []string{"退信原因", "退回原因", "失败原因", "错误原因", "错误信息", "出错原因", "原因", "远程服务器返回", "Diagnostic-Code", "Reason", "said:", "Error:", "The error"} {
			_, after, found := strings.Cut(line, l)
			if !found {
				continue
			}
			if after = strings.Trim(after, " \t:：】]　"); after != "" {
				return afterType(after)
			}
			if i+1 < len(list) {
				return list[i+1]
			}
		}
	}
	for _, line := range list {
		if statusIn(line) != "" || hasAny(strings.ToLower(line), nobodyWords()) || hasAny(strings.ToLower(line), fullWords()) {
			return line
		}
	}
	return ""
}

// afterType leaves out the "smtp;" in front of a diagnostic.
func afterType(s string) string {
	if kind, rest, found := strings.Cut(s, ";"); found && !strings.ContainsAny(strings.TrimSpace(kind), " \t") && len(kind) < 20 {
		return strings.TrimSpace(rest)
	}
	return s
}

// statusIn finds an enhanced status code such as "5.1.1", or makes one of a reply code such as
// 550: "5".
func statusIn(s string) string {
	fields := strings.FieldsFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	plain := ""
	for _, f := range fields {
		f = strings.Trim(f, ".")
		parts := strings.Split(f, ".")
		switch {
		case len(parts) == 3 && (parts[0] == "4" || parts[0] == "5") && len(parts[1]) > 0 && len(parts[1]) <= 3 && len(parts[2]) > 0 && len(parts[2]) <= 3:
			return f
		case plain == "" && len(parts) == 1 && len(f) == 3 && (f[0] == '4' || f[0] == '5') && f[1] <= '5':
			plain = f[:1]
		}
	}
	return plain
}

// nobodyWords say that an address does not exist or was closed.
func nobodyWords() []string {
	return []string{
		"user unknown", "unknown user", "no such user", "does not exist", "doesn't exist", "mailbox not found", "mailbox unavailable",
		"recipient not found", "user not found", "invalid recipient", "no mailbox", "account is disabled", "account disabled", "recipientnotfound",
		"不存在", "查无此", "没有此", "无此用户", "无此邮箱", "未找到", "找不到", "已停用", "已禁用", "已被禁用", "已注销", "地址错误", "地址有误", "已失效", "已冻结",
	}
}

// fullWords say that a mailbox is full, which passes.
func fullWords() []string {
	return []string{"quota", "mailbox full", "mailbox is full", "over limit", "insufficient storage", "已满", "容量不足", "空间不足", "超出容量"}
}

// waitingWords say that a server is still trying.
func waitingWords() []string {
	return []string{"delayed", "still being retried", "will be retried", "will keep trying", "warning:", "暂时", "稍后", "继续尝试", "延迟", "重试"}
}

// clip bounds a text without splitting a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
