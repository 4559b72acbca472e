// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"slices"
	"strings"
)

// Field is a property of tickets that a filter asks about.
type Field string

// The fields.
const (
	Status      Field = "status"
	Waiting     Field = "waiting" // for what, while pending
	Priority    Field = "priority"
	Owner       Field = "owner"
	Assignee    Field = "assignee"
	Group       Field = "group"
	Category    Field = "category" // with all that lies below it
	Service     Field = "service"
	Core        Field = "core" // the service is core business
	Channel     Field = "channel"
	Requester   Field = "requester"
	Department  Field = "department" // of the requester, when it was recorded
	Place       Field = "place"
	Created     Field = "created" // a day, a month, or within so many days
	Updated     Field = "updated"
	Age         Field = "age"    // how long ago it was recorded
	Idle        Field = "idle"   // how long ago it changed
	Silent      Field = "silent" // how long the requester has heard nothing
	Due         Field = "due"    // how long until the next clock runs out
	Promised    Field = "promised"
	Clock       Field = "clock"
	Promise     Field = "promise"
	Unread      Field = "unread" // the requester spoke last
	Major       Field = "major"
	Participant Field = "participant"
	Reopened    Field = "reopened"
	HandOvers   Field = "handovers"
	Words       Field = "text" // of the subject and of the first words; in a search, of everything said

	// What only the index of the search knows: a list that is kept cannot ask for it.
	Has  Field = "has"  // an attachment
	Fact Field = "fact" // an error code, an address, a device (N16)
)

// Type says what values a field takes and how they compare.
type Type int

// The types.
const (
	Enum     Type = iota // one of Codes
	Person               // somebody of the desk: me, none, a name
	Anyone               // whoever reports: me, a name
	Team                 // mine, none, a name
	Node                 // of the tree of categories: none, a name
	System               // a service: none, a name
	Contains             // text that holds the value
	Ago                  // a stretch of time that has passed: > and <
	Left                 // a stretch of time to come: < and >
	Day                  // a date: =, <, <=, >, >=
	Count                // a whole number: =, <, <=, >, >=
	Yes                  // yes or no
)

// Spec is what there is to know about a field.
type Spec struct {
	Field   Field
	Type    Type
	Indexed bool       // only a search can ask for it
	names   []string   // in English, in Chinese, and what else is understood
	codes   [][]string // of Enum and Yes: the code, in Chinese, and what else is understood
}

func yesNo() [][]string {
	return [][]string{{"yes", "是", "true", "1", "有"}, {"no", "否", "false", "0", "没有", "无"}}
}

// Specs lists the fields in the order in which forms show them.
func Specs() []Spec { return slices.Concat(factSpecs(), peopleSpecs(), timeSpecs()) }

// SearchSpecs lists what a search asks for beside.
func SearchSpecs() []Spec {
	return []Spec{
		{Field: Has, Type: Enum, Indexed: true, names: []string{"has", "含", "包含"}, codes: [][]string{{"attachment", "附件", "attachments", "file", "files", "文件"}}},
		{Field: Fact, Type: Contains, Indexed: true, names: []string{"fact", "线索", "clue"}},
	}
}

func factSpecs() []Spec {
	return []Spec{
		{Field: Status, Type: Enum, names: []string{"status", "状态", "is"}, codes: [][]string{
			{"open", "未关闭", "未完成", "打开"},
			{"new", "待受理", "新", "新建", "未受理"},
			{"working", "处理中", "进行中", "in progress"},
			{"pending", "等待", "等待中", "挂起", "waiting"},
			{"resolved", "已解决"},
			{"confirm", "待用户确认", "待确认", "to be confirmed"},
			{"archive", "待归档", "to archive"},
			{"closed", "已关闭", "关闭"},
		}},
		{Field: Waiting, Type: Enum, names: []string{"waiting", "等待原因"}, codes: [][]string{
			{"requester", "用户"}, {"vendor", "供应商"}, {"approval", "审批"}, {"visit", "上门"}, {"blocked", "受阻"},
		}},
		{Field: Priority, Type: Enum, names: []string{"priority", "优先级", "prio"}, codes: [][]string{{"P1"}, {"P2"}, {"P3"}, {"P4"}, {"none", "未定级", "无"}}},
		{Field: Category, Type: Node, names: []string{"category", "分类", "类别"}, codes: nil},
		{Field: Service, Type: System, names: []string{"service", "业务系统", "服务"}, codes: nil},
		{Field: Core, Type: Yes, names: []string{"core", "核心业务", "核心"}, codes: yesNo()},
		{Field: Channel, Type: Enum, names: []string{"channel", "渠道", "via"}, codes: [][]string{
			{"portal", "门户"}, {"mail", "邮件", "email"}, {"phone", "电话"}, {"web", "工作台"}, {"api", "接口"}, {"machine", "系统"},
		}},
		{Field: Unread, Type: Yes, names: []string{"unread", "未读"}, codes: yesNo()},
		{Field: Major, Type: Yes, names: []string{"major", "重大事件", "重大"}, codes: yesNo()},
		{Field: Reopened, Type: Yes, names: []string{"reopened", "重开过", "重开"}, codes: yesNo()},
		{Field: HandOvers, Type: Count, names: []string{"handovers", "转手次数", "转手", "hand-overs"}, codes: nil},
		{Field: Words, Type: Contains, names: []string{"text", "文字", "words"}, codes: nil},
	}
}

func peopleSpecs() []Spec {
	return []Spec{
		{Field: Owner, Type: Person, names: []string{"owner", "责任人", "负责人"}, codes: nil},
		{Field: Assignee, Type: Person, names: []string{"assignee", "处理人", "assigned"}, codes: nil},
		{Field: Group, Type: Team, names: []string{"group", "支持组", "组", "小组", "team"}, codes: nil},
		{Field: Requester, Type: Anyone, names: []string{"requester", "报障人", "用户", "报告人", "请求人", "提单人", "from"}, codes: nil},
		{Field: Participant, Type: Anyone, names: []string{"participant", "参与人", "参与"}, codes: nil},
		{Field: Department, Type: Contains, names: []string{"department", "部门"}, codes: nil},
		{Field: Place, Type: Contains, names: []string{"place", "地点", "site"}, codes: nil},
	}
}

func timeSpecs() []Spec {
	return []Spec{
		{Field: Clock, Type: Enum, names: []string{"clock", "时限"}, codes: [][]string{{"over", "超时"}, {"near", "将到"}, {"calm", "充裕"}, {"paused", "暂停"}, {"none", "无"}}},
		{Field: Due, Type: Left, names: []string{"due", "剩余时间", "剩余"}, codes: nil},
		{Field: Promise, Type: Enum, names: []string{"promise", "承诺"}, codes: [][]string{{"open", "未到"}, {"near", "将到"}, {"broken", "已失约", "失约"}, {"none", "无"}}},
		{Field: Promised, Type: Left, names: []string{"promised", "承诺剩余"}, codes: nil},
		{Field: Silent, Type: Ago, names: []string{"silent", "未反馈"}, codes: nil},
		{Field: Age, Type: Ago, names: []string{"age", "已提出"}, codes: nil},
		{Field: Idle, Type: Ago, names: []string{"idle", "未变动"}, codes: nil},
		{Field: Created, Type: Day, names: []string{"created", "创建", "创建时间"}, codes: nil},
		{Field: Updated, Type: Day, names: []string{"updated", "更新", "更新时间"}, codes: nil},
	}
}

// specs are the fields by every name that is understood, made once.
var specs = func() map[string]Spec { //nolint:gochecknoglobals // derived from constants
	out := map[string]Spec{}
	for _, s := range slices.Concat(Specs(), SearchSpecs()) {
		for _, n := range s.names {
			out[fold(n)] = s
		}
	}
	return out
}()

// SpecOf returns what there is to know about a field; false where there is none of that name.
func SpecOf(f Field) (Spec, bool) {
	s, ok := specs[string(f)]
	return s, ok && s.Field == f
}

// Names are all by which the field is understood, in English and in Chinese first: a search reads
// the same ones.
func (s Spec) Names() []string { return slices.Clone(s.names) }

// Name is the field's name in a language, as filters are written in it.
func (s Spec) Name(lang string) string { return in(s.names, lang) }

// Codes are the values of Enum and Yes.
func (s Spec) Codes() []string {
	out := make([]string, len(s.codes))
	for i, c := range s.codes {
		out[i] = c[0]
	}
	return out
}

// Said is a code as filters are written in a language.
func (s Spec) Said(code, lang string) string {
	for _, c := range s.codes {
		if c[0] == code {
			return in(c, lang)
		}
	}
	return code
}

// all lists the words of the codes in a language, for who wrote none of them.
func (s Spec) all(lang string) string {
	out := make([]string, 0, len(s.codes))
	for _, c := range s.codes {
		out = append(out, in(c, lang))
	}
	if lang == "en" {
		return strings.Join(out, ", ")
	}
	return strings.Join(out, "、")
}

// code returns the code that a word means; "" where it means none.
func (s Spec) code(word string) string {
	for _, c := range s.codes {
		if slices.ContainsFunc(c, func(one string) bool { return fold(one) == fold(word) }) {
			return c[0]
		}
	}
	return ""
}

// Compares reports whether the field has more and less.
func (s Spec) Compares() bool { return s.Type >= Ago && s.Type <= Count }

// usual is what is meant where nothing is written: silent for so long, due within so long.
func (s Spec) usual() Cmp {
	switch s.Type {
	case Ago:
		return Over
	case Left:
		return Under
	default:
		return Is
	}
}

// Compare lists how values of the field compare.
func (s Spec) Compare() []Cmp {
	switch s.Type {
	case Ago, Left:
		return []Cmp{Over, Under}
	case Day, Count:
		return []Cmp{Is, Over, AtLeast, Under, AtMost}
	default:
		return []Cmp{Is}
	}
}

func in(names []string, lang string) string {
	if lang != "en" && len(names) > 1 {
		return names[1]
	}
	return names[0]
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
