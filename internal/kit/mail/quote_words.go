// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"strings"
)

// The words by which mail programs introduce what they quote. A language that is missing
// costs no more than a quote that is not folded.

// titleWords reports whether words between dashes say that the original message follows.
func titleWords(s string) bool {
	switch s {
	case "original message", "original", "original email", "original mail", "original appointment", "reply message", "previous message",
		"原始邮件", "邮件原件", "原邮件", "原始信件", "原始消息", "原始邮件信息", "回复的原邮件", "原件", "原信件", "原始郵件", "原始訊息", "原郵件", "回复邮件信息", "回复原邮件", "回复的邮件", "回复邮件", "引用原邮件", "來信原文", "回覆的原郵件",
		"元のメッセージ", "原文", "원본 메시지", "원본 메일", "원래 메시지",
		"ursprüngliche nachricht", "originalnachricht", "original-nachricht", "ursprüngliche mail",
		"message d'origine", "message d’origine", "message original", "message initial", "mensaje original", "mensagem original", "messaggio originale",
		"oorspronkelijk bericht", "oprindelig meddelelse", "originalmeddelande", "ursprungligt meddelande", "opprinnelig melding", "alkuperäinen viesti",
		"wiadomość oryginalna", "oryginalna wiadomość", "původní zpráva", "исходное сообщение", "оригинальное сообщение", "orijinal mesaj", "ursprungligt mail":
		return true
	}
	return false
}

// forwardWords reports whether words between dashes say that a message is passed on.
func forwardWords(s string) bool {
	for _, w := range []string{
		"forward", "转发", "轉寄", "轉發", "転送", "전달", "weitergeleitet", "transféré", "transmis", "reenviado", "encaminhada", "inoltrato", "doorgestuurd",
		"videresendt", "vidarebefordrat", "przekazana", "пересылаемое", "перенаправленное", "пересланное",
	} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// forwardLine reports whether a line without dashes says so.
func forwardLine(s string) bool {
	switch s {
	case "begin forwarded message", "forwarded message", "开始转发的邮件", "下面是被转发的邮件", "下面是转发的邮件", "以下是转发邮件", "以下是转发内容", "開始轉寄信件", "anfang der weitergeleiteten nachricht", "début du message réexpédié", "转发邮件信息":
		return true
	}
	return false
}

// hasVerb reports whether a text holds a word that says that somebody wrote.
func hasVerb(s string) bool {
	s = strings.ToLower(s)
	for _, w := range []string{
		"wrote", "写道", "写到", "写于", "寫道", "寫於", "來信", "来信", "書きました", "のメッセージ", "님이 작성", "님이 쓴", "작성",
		"schrieb", "geschrieben", "a écrit", "écrit", "escribió", "escreveu", "ha scritto", "scrisse", "schreef", "geschreven",
		"skrev", "kirjoitti", "napisał", "napsal", "написал", "писал", "пишет", "yazdı", "írta", "έγραψε", "a scris", "viết",
	} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// opensWith reports whether a line begins as an attribution does.
func opensWith(s string) bool {
	s = strings.ToLower(s[:min(len(s), 40)])
	for _, w := range []string{
		"on ", "at ", "in ", "am ", "den ", "le ", "el ", "il ", "em ", "op ", "på ", "w dniu ", "dnia ", "dne ", "a(z) ", "în ", "vào ",
		"在", "於", "于", "从", "來自",
	} {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return startsWithDay(s)
}

// startsWithDay reports whether a text begins with a date, or with the name of a day or
// month, in so far as they have three letters in common with English ones or are Chinese.
func startsWithDay(s string) bool {
	if s == "" {
		return false
	}
	if s[0] >= '0' && s[0] <= '9' {
		return true
	}
	s = strings.ToLower(s[:min(len(s), 40)])
	for _, w := range []string{
		"mon", "tue", "wed", "thu", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
		"周", "星期", "礼拜", "昨天", "今天", "lun", "mer", "jeu", "ven", "sam", "dim", "mån", "tis", "ons", "tor", "fre", "lör", "sön",
		"понедельник", "вторник", "среда", "среду", "четверг", "пятниц", "суббот", "воскресень", "пн", "вт", "ср", "чт", "пт", "сб", "вс",
	} {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

// hasDay reports whether a text holds a year of four digits, or a day in digits such as 3/2/26.
func hasDay(s string) bool {
	digits, groups := 0, 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] >= '0' && s[i] <= '9' {
			digits++
			continue
		}
		if digits == 4 && (s[i-4:i-2] == "19" || s[i-4:i-2] == "20") {
			return true
		}
		if digits == 1 || digits == 2 {
			groups++
		} else {
			groups = 0
		}
		if groups == 3 {
			return true
		}
		if i < len(s) && (digits == 0 || strings.IndexByte("./-", s[i]) < 0) {
			groups = 0
		}
		digits = 0
	}
	return false
}

// hasTime reports whether a text holds a time of day such as 9:15 or 18.30.
func hasTime(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == ':' || s[i] == '.') && isDigit(s[i-1]) && isDigit(s[i+1]) && isDigit(s[i+2]) && (i+3 == len(s) || !isDigit(s[i+3])) {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// hasAddress reports whether a text begins with a mail address or holds one in brackets.
func hasAddress(s string) bool {
	bracket := true // the word before ends with one, or there is none
	for word := range strings.FieldsSeq(s) {
		at := strings.LastIndexByte(word, '@')
		if at > 0 && at+1 < len(word) && (bracket || strings.ContainsAny(word[:at], "<([:")) {
			return true
		}
		bracket = strings.ContainsAny(word[len(word)-1:], "<([")
	}
	return false
}

// isGmailDate reports whether s is the attribution without a verb that Gmail writes in
// some languages: "2016-03-03 17:21 GMT+01:00 Some One" or "2013/7/20 Some One <a@b.c>".
func isGmailDate(s string) bool {
	day, rest, ok := strings.Cut(s, " ")
	if !ok || len(day) < 8 || len(day) > 10 || !isDigit(day[0]) || !hasDay(day) {
		return false
	}
	if strings.HasSuffix(s, ">") && hasAddress(rest) && strings.Contains(day, "/") {
		return true
	}
	clock, rest, ok := strings.Cut(rest, " ")
	return ok && hasTime(clock) && strings.HasPrefix(rest, "GMT") && len(rest) > 10
}

// labels returns what a mail field with this label says; the label is in lower case and without spaces.
func labels(s string) fieldKind {
	switch s {
	case "from", "发件人", "发信人", "寄件者", "寄件人", "发自", "差出人", "送信者", "보낸사람", "발신", "von", "de", "da", "van", "från", "fra", "od", "от", "отправитель", "lähettäjä", "kimden", "remitente", "expéditeur", "mittente":
		return fromField
	case "sent", "date", "senton", "发送时间", "发送日期", "日期", "时间", "发件时间", "寄件日期", "日時", "送信日時", "보낸날짜", "날짜", "gesendet", "datum", "envoyé", "envoyéle", "inviato", "data", "verzonden", "skickat", "sendt", "enviado", "enviadael", "enviadaem", "enviadoel", "fecha", "wysłano", "дата", "отправлено", "lähetetty", "gönderildi", "odesláno", "發送時間":
		return dateField
	case "to", "收件人", "收信人", "收件者", "宛先", "받는사람", "수신", "an", "à", "a", "para", "aan", "till", "til", "do", "кому", "vastaanottaja", "kime", "komu", "destinataire":
		return toField
	case "subject", "主题", "主旨", "标题", "主題", "件名", "제목", "betreff", "objet", "oggetto", "onderwerp", "ämne", "emne", "asunto", "assunto", "temat", "тема", "aihe", "konu", "předmět":
		return subjectField
	case "cc", "抄送", "抄送人", "副本", "密送", "bcc", "kopie", "copie", "kopia", "kopi", "dw", "копия", "reply-to", "replyto", "risposta", "回复", "答复", "importance", "重要性", "priority", "attachments", "附件", "참조", "hl", "organization":
		return otherField
	}
	return noField
}

// isDevice reports whether a line is what a telephone or program adds of its own.
func isDevice(s string) bool {
	if len(s) > 160 {
		return false
	}
	low := strings.ToLower(strings.TrimLeft(s, "-–—~*_[(<> "))
	for _, w := range []string{
		"sent from my ", "sent from typeapp", "sent from mail for ", "sent from outlook", "sent from yahoo", "sent from samsung", "sent via ", "sent with ", "sent using ", "get outlook for ", "sent from acompli",
		"enviado desde mi", "enviado do meu", "envoyé de mon", "envoyé depuis mon", "envoyé à partir de", "envoyé de outlook", "obtenir outlook pour", "télécharger outlook pour", "inviato da ", "verzonden vanaf", "verstuurd vanaf",
		"gesendet von ", "von meinem ", "gesendet mit ", "sendt fra min", "skickat från min", "skickat fran min", "sendt fra outlook", "lähetetty ", "wysłane z ", "отправлено с ", "iphoneから送信", "iphone에서 보냄", "나의 iphone",
		"发自我的", "来自我的", "从我的", "發自我的", "從我的", "发自网易", "发自 outlook", "来自 outlook", "发送自", "获取 outlook", "获取适用于", "取得 outlook", "來自我的", "发自小米", "发自华为", "发自vivo", "发自oppo", "发自钉钉", "发自飞书", "发自新浪", "发自139", "发自189", "发自手机", "发自移动", "发自 windows", "发自windows", "来自139",
		"签名由 网易", "签名由网易", "由网易邮箱大师", "来自企业微信", "发自企业微信",
	} {
		if strings.HasPrefix(low, w) {
			return true
		}
	}
	for _, w := range []string{"从 windows 版邮件发送", "从windows版邮件发送", "从 ipad 发送", "从 iphone 发送"} {
		if low == w {
			return true
		}
	}
	return false
}

// isFooter reports whether a line begins what a mailing list or gateway adds below.
func isFooter(s string) bool { return len(s) >= 30 && strings.Trim(s, "_") == "" }
