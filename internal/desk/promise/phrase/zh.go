// SPDX-License-Identifier: Apache-2.0

package phrase

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// chinese reads Chinese sentences.
var chinese = language{ //nolint:gochecknoglobals // a constant table
	clauses: zhClauses,
	moments: zhMoments,
	offer: regexp.MustCompile(`回复|答复|反馈|回覆|答覆|回信|回电|回您|回你|回话|联系|联络|告知|告诉|通知|汇报|同步|跟您说|给您(?:一个|个)?(?:说法|消息|结果|方案|结论|电话|进展)|致电|打电话|去电|打给|` +
		`处理|解决|修复|修好|恢复|完成|搞定|弄好|办好|办妥|更新|更换|换好|换上|换掉|换新|替换|装好|安装|部署|开通|开好|重置|配置好|调整好|排查|定位|查清|查明|查到|查看|检查|测试|核实|确认|升级|` +
		`上门|到场|到达|到现场|到您|到你|去您|去你|过去|过来|赶到|送到|送达|送过|送去|寄出|寄到|发货|发给|发您|发你|发到|发出|提供|给到|给出|给您|给你|交付|上线|发布|出结果|有结果|有消息|有答复|有结论|安排|跟进`),
	spared: regexp.MustCompile(`请(?:您|你)?(?:放心|知悉|留意|稍等|稍候|稍安勿躁|谅解|理解|见谅|多包涵|耐心等待)|敬请\S{2}|还请谅解|(?:您|你)(?:放心|稍等|稍候|好|的)|` +
		`(?:回复|答复|反馈|联系|联络|告知|告诉|通知|汇报|同步|致电|回电|回电话|打电话|打给|发给|发送给|交给|提供给|送给|寄给|给|为|帮|帮助|替|向|与|和|跟|同|对|让|陪|协助|支持|到|去|找|发|回|送)(?:您|你)(?:们)?|` +
		`不晚于|不迟于|不超过|不出意外|不用担心|不好意思|如无意外|没有问题|没问题|无需(?:您|你)\S{0,6}|不需要(?:您|你)\S{0,6}`),
	refused: []*regexp.Regexp{
		// Asked of the reader, or said of the reader.
		regexp.MustCompile(`请|麻烦|劳烦|烦请|恳请|希望(?:您|你)|(?:您|你)`),
		// What cannot be done, what depends, what has happened.
		regexp.MustCompile(`不能|无法|没法|没办法|未能|没能|来不及|赶不上|不会|不一定|不确定|不保证|难以|恐怕|可能要超|没有(?:解决|处理|回复|恢复|完成|结果|消息)|还没|尚未|暂无`),
		regexp.MustCompile(`如果|若|要是|不行|假如|除非|万一|倘若|一旦`),
		regexp.MustCompile(`昨天|昨日|昨晚|前天|刚才|刚刚|曾经|曾在|已经|已于|已在|已向|已经?(?:回复|解决|修复|完成|恢复|处理|通知|联系)|上周|上个?月|当时|(?:回复|解决|修复|完成|恢复|处理|通知|联系|发送|提交)(?:过|了)`),
		// What is usually so, and what others do.
		regexp.MustCompile(`营业|工作时间|服务时间|上班时间|办公时间|开放时间|值班|每天|每日|每周|每个?月|通常|一般|平时|往常|周一至周|周一到周|自动|失效|过期|有效|会议|开会|休假|请假|出差|不在`),
		regexp.MustCompile(`(?:^|[^向找给跟催问])(?:厂商|供应商|厂家|原厂|快递|物流|顺丰|运营商|客户|对方|他们|领导|财务|银行|仓库|物业|第三方|用户|机房|总部|系统|电信|联通|移动)(?:方面|那边|公司|部门|人员|的?工程师)?[^我]{0,6}(?:会|将|要|说|承诺|答应|表示|预计|计划|反馈|回复|通知|告知|确认|` + mark + `)`),
	},
	filler: regexp.MustCompile(`最晚|最迟|最快|最多|至多|预计|争取|尽量|大约|大概|左右|应该|可能|也就是|就是|即|在|于|会|将|我们|我|的时候|之前|以前|之内|以内|前|内|吧|哈|就|能|可以|可|左右|那么|好的|嗯|具体|时间|是|不晚于|不迟于|不超过`),
}

const (
	zhDigits = `[零〇一二两三四五六七八九十]`
	zhNumber = `(?:\d{1,4}|` + zhDigits + `{1,4})`
	zhSuffix = `(之前|以前|前|之内|以内|内|之后|以后|过后|后|左右|起)?`
)

var (
	//nolint:gochecknoglobals // a constant in all but name
	zhLength = regexp.MustCompile(`(?:(` + zhNumber + `)\s*(?:[-至到]|或者?)\s*)?(半|` + zhNumber + `)\s*(个)?\s*(半)?\s*(?:个)?\s*(工作|营业)?\s*(小时|钟头|分钟|刻钟|天|日|周|星期|礼拜|月|h|H|hours?|min|mins|minutes?)(半)?(?:的?时间)?\s*` + zhSuffix)
	//nolint:gochecknoglobals // a constant in all but name
	zhMoment = regexp.MustCompile(`(今天|今日|今儿|今晚|今早|当天|当日|明天|明日|明儿|明早|明晚|大后天|后天|` +
		`(?:下下|下|本|这)?个?(?:周|星期|礼拜)[一二三四五六日天]|(?:下|本|这)?个?(?:周|星期)(?:末|内|之内|以内)|(?:本|这|下)个?(?:周|星期)|` +
		`(?:\d{4}\s*[年/-]\s*)?` + zhNumber + `\s*月\s*` + zhNumber + `\s*[日号]|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}|` + zhNumber + `\s*[日号]|(?:本|这个?|当)?月(?:底|末)|(?:下个?月)(?:底|末)|年底)?` +
		`[的,，\s]{0,2}(?:[(（]周[一二三四五六日天][)）])?` +
		`(凌晨|清晨|早晨|早上|一早|上午|午前|中午|正午|午饭|下午|午后|傍晚|晚上|晚间|夜里|晚|早)?[的\s]{0,2}` +
		`(?:(` + zhNumber + `)\s*[点时]\s*(半|一刻|三刻|整|钟|` + zhNumber + `\s*分?)?钟?|(\d{1,2}):(\d{2})(?::\d{2})?)?` +
		`[的\s]{0,2}(下班|收工|结束)?\s*` + zhSuffix)
)

// zhClauses cuts a sentence at its commas and where the thought turns.
func zhClauses(s string) []string {
	var out []string
	from := 0
	cut := func(to, next int) {
		if t := strings.TrimSpace(s[from:to]); t != "" {
			out = append(out, t)
		}
		from = next
	}
	for i, r := range s {
		switch {
		case i < from:
		case strings.ContainsRune("，；;（）()", r):
			cut(i, i+len(string(r)))
		case (r == ',' || r == ':') && !between(s, i):
			cut(i, i+1)
		default:
			for _, turn := range []string{"但是", "不过", "因为", "由于", "所以", "然后", "但", "另外", "如果", "若"} {
				if strings.HasPrefix(s[i:], turn) && i > from {
					cut(i, i)
				}
			}
		}
	}
	cut(len(s), len(s))
	return out
}

// between reports whether the sign at i stands between two digits.
func between(s string, i int) bool {
	return i > 0 && i+1 < len(s) && digit(s[i-1]) && digit(s[i+1])
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

// zhMoments finds the times of a clause.
func zhMoments(s string) []moment {
	list := zhLengths(s)
	list = append(list, zhTimes(s, list)...)
	return sorted(list)
}

func zhLengths(s string) []moment {
	var out []moment
	for _, x := range zhLength.FindAllStringSubmatchIndex(s, -1) {
		g := groups(s, x)
		m := moment{from: x[0], to: x[1], hour: -1, working: g[5] != ""}
		suffix := g[8]
		amount, ok := zhAmount(g[2], g[4] != "" || g[7] != "")
		before, behind := s[:x[0]], s[x[1]:]
		switch {
		case !ok:
			continue
		case g[6] == "日" && suffix != "内" && suffix != "之内" && suffix != "以内" && g[5] == "": // a date
			continue
		case g[6] == "月" && g[3] == "": // a date, or a month by its name
			continue
		case strings.HasSuffix(before, "第"), strings.HasSuffix(before, "每"):
			m.void = true
		case strings.HasSuffix(suffix, "前"), suffix == "起": // two hours ago
			m.void = true
		case strings.HasSuffix(before, "后") && !strings.HasSuffix(before, "之后会"), strings.HasSuffix(before, "起"): // two hours after something
			m.void = true
		case suffix == "" || suffix == "左右": // a length, where no word makes a limit of it
			m.void = !zhLimit.MatchString(before) && !strings.HasPrefix(behind, "时间内")
		}
		m.measure(g[6], amount)
		out = append(out, m)
	}
	return out
}

// zhLimit ends what stands before a length that is a limit though no word behind it says so.
var zhLimit = regexp.MustCompile(`(?:预计|预估|估计|大约|大概|最多|至多|最晚|最迟|最快|再过|再有|再等|过)(?:还?需要?|再|要|在)?\s*$`) //nolint:gochecknoglobals // a constant in all but name

// measure sets the length of so many units.
func (m *moment) measure(unit string, n float64) {
	of := func(d time.Duration) { m.length = time.Duration(n * float64(d)) }
	switch unit {
	case "小时", "钟头", "h", "H", "hour", "hours":
		of(time.Hour)
	case "分钟", "min", "mins", "minute", "minutes":
		of(time.Minute)
	case "刻钟":
		of(15 * time.Minute)
	case "天", "日":
		m.inDays(n)
	case "周", "星期", "礼拜":
		m.inDays(7 * n)
	case "月":
		m.months = int(n)
		if n < 1 {
			m.days = 15
		}
	}
}

// inDays counts whole days to the end of work; half a day is twelve hours, or half a shift.
func (m *moment) inDays(n float64) {
	switch {
	case n >= 1:
		m.days = int(n + 0.5)
	case m.working:
		m.length = 4 * time.Hour
	default:
		m.length = time.Duration(n * 24 * float64(time.Hour))
	}
}

// zhAmount reads how many; half adds a half.
func zhAmount(s string, half bool) (float64, bool) {
	n := 0.5
	if s != "半" {
		i, ok := zhInt(s)
		if !ok || i == 0 || i > 5000 {
			return 0, false
		}
		if n = float64(i); half {
			n += 0.5
		}
	}
	return n, true
}

// zhInt reads a whole number below a hundred in Chinese, or any in digits. "一两" means two.
func zhInt(s string) (int, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, true
	}
	tens, ones, seen := 0, 0, false
	for _, r := range s {
		if r == '十' {
			if tens = ones; tens == 0 {
				tens = 1
			}
			tens, ones, seen = tens*10, 0, true
			continue
		}
		i := strings.IndexRune("零一二三四五六七八九", r)
		switch {
		case r == '两':
			ones = 2
		case r == '〇':
			ones = 0
		case i < 0:
			return 0, false
		default:
			ones = i / len("零")
		}
		seen = true
	}
	return tens + ones, seen
}

// groups are the submatches of a match as texts.
func groups(s string, x []int) []string {
	out := make([]string, len(x)/2)
	for i := range out {
		if x[2*i] >= 0 {
			out[i] = s[x[2*i]:x[2*i+1]]
		}
	}
	return out
}

// zhTimes finds days and hours outside the lengths that are known.
func zhTimes(s string, known []moment) []moment {
	free := []byte(s)
	for _, m := range known {
		for i := m.from; i < m.to; i++ {
			free[i] = '\x00'
		}
	}
	text := string(free)
	var out []moment
	for _, x := range zhMoment.FindAllStringSubmatchIndex(text, -1) {
		g := groups(text, x)
		m, ok := zhTime(g, text[:x[0]])
		if !ok || !zhDated(g, text[:x[0]], text[x[1]:]) {
			continue
		}
		m.from, m.to = x[0], x[1]
		if n := len(out); n > 0 && ranged(text[out[n-1].to:m.from]) { // from then to then: until the end
			first := out[n-1]
			if m.day.kind == noDay {
				m.day = first.day
			}
			if m.part == noPart {
				m.part = first.part
			}
			m.from, out = first.from, out[:n-1]
		}
		out = append(out, m)
	}
	return out
}

// ranged reports whether what stands between two times makes a stretch of them.
func ranged(between string) bool {
	switch strings.TrimSpace(between) {
	case "-", "到", "至", "--":
		return true
	}
	return false
}

// zhTime reads the groups of zhMoment; false where they name no time by themselves.
func zhTime(g []string, before string) (moment, bool) {
	named, partOf, hours, past, hh, mm, end, suffix := g[1], g[2], g[3], g[4], g[5], g[6], g[7], g[8]
	m := moment{hour: -1}
	switch {
	case hours != "":
		h, ok := zhInt(hours)
		if !ok {
			return m, false
		}
		if m.hour = h; !m.past(past) {
			return m, false
		}
	case hh != "":
		m.hour, _ = strconv.Atoi(hh)
		m.minute, _ = strconv.Atoi(mm)
		m.half = whole
		if partOf != "" && m.hour <= 12 {
			m.half = unsaid
		}
	}
	var ok bool
	if m.day, ok = zhDay(named); !ok {
		return m, false
	}
	m.part = zhPart(named, partOf)
	if (partOf == "晚" || partOf == "早") && m.hour < 0 {
		return m, false
	}
	switch end {
	case "下班", "收工":
		if m.part == noon || m.part == morning {
			m.hour, m.half = 12, whole
		} else {
			m.part = shiftEnd
		}
	case "结束":
		if m.day.kind == noDay {
			return m, false
		}
		m.part = dayEnd
	}
	alone := m.day.kind == noDay && m.part == noPart
	strong := suffix != "" || past == "半" || hh != ""
	switch {
	case alone && m.hour < 0:
		return m, false
	case alone && !strong, strings.HasSuffix(before, "第"): // 有两点需要说明
		return m, false
	case m.day.kind == noDay && m.hour < 0 && m.part != shiftEnd && suffix == "": // 中午好
		return m, false
	case m.day.kind == noDay && m.part == shiftEnd && suffix == "":
		return m, false
	}
	switch suffix {
	case "之后", "以后", "过后", "后", "起":
		m.void = true
	case "之前", "以前", "前":
		m.before = true
	}
	return m, true
}

// past reads what stands behind the hour.
func (m *moment) past(s string) bool {
	switch s = strings.TrimSpace(strings.TrimSuffix(s, "分")); s {
	case "", "整", "钟":
		return true
	case "半":
		m.minute = 30
		return true
	case "一刻":
		m.minute = 15
		return true
	case "三刻":
		m.minute = 45
		return true
	}
	n, ok := zhInt(s)
	m.minute = n
	return ok
}
