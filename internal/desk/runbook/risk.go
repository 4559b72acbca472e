// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"slices"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// RisksName is the name under which the classes of risk are stored.
const RisksName = "runbook.risks"

// Risk is a class of risk: what must be before a step of it is done (N31).
type Risk struct {
	Name      string // as runbooks name it, "data-deletion"
	ZH, EN    string // as people read it
	Approval  bool   // an approval on the ticket is needed; else the reviewed version covers it
	FourEyes  bool   // a second person releases it
	Requester bool   // the requester may do it
}

// Label is the class's name in a language.
func (r Risk) Label(l i18n.Lang) string {
	if l == i18n.EN && r.EN != "" {
		return r.EN
	}
	return r.ZH
}

// Risks are the classes that an administrator keeps.
type Risks struct{ List []Risk }

// StartRisks are those of a new desk: the standard's own.
func StartRisks() Risks {
	return Risks{[]Risk{
		{Name: "data-deletion", ZH: "删除数据", EN: "Data deletion", Approval: true, FourEyes: true},
		{Name: "privilege", ZH: "提升权限", EN: "Privilege", Approval: true},
		{Name: "core-configuration", ZH: "核心配置", EN: "Core configuration", Approval: true, FourEyes: true},
		{Name: "production-restart", ZH: "重启生产系统", EN: "Production restart", FourEyes: true},
		{Name: "security", ZH: "安全设置", EN: "Security", Approval: true},
	}}
}

// maxRisks bounds the classes.
const maxRisks = 30

// Check returns Invalid with the fields to mend, "name_3" for the third class.
func (r Risks) Check() error {
	if len(r.List) > maxRisks {
		return errs.Field("list", "runbook.risks_many", "Max", maxRisks)
	}
	var bad []errs.FieldError
	var seen []string
	for i, x := range r.List {
		field := func(name string) string { return name + "_" + number(float64(i)) }
		switch {
		case !stepName.MatchString(x.Name) || len(x.Name) > maxName:
			bad = append(bad, errs.FieldError{Name: field("name"), Key: "runbook.risk_name"})
		case slices.Contains(seen, x.Name):
			bad = append(bad, errs.FieldError{Name: field("name"), Key: "runbook.risk_twice"})
		}
		seen = append(seen, x.Name)
		for name, s := range map[string]string{"zh": x.ZH, "en": x.EN} {
			if n := utf8.RuneCountInString(s); n == 0 || n > 40 {
				bad = append(bad, errs.FieldError{Name: field(name), Key: "runbook.risk_label"})
			}
		}
		if x.Requester && (x.FourEyes || x.Approval) {
			bad = append(bad, errs.FieldError{Name: field("requester"), Key: "runbook.risk_requester"})
		}
	}
	return errs.Invalidf(bad...)
}

// Of returns a class by its name.
func (r Risks) Of(name string) (Risk, bool) {
	i := slices.IndexFunc(r.List, func(x Risk) bool { return x.Name == name })
	if i < 0 {
		return Risk{Name: name, ZH: name, EN: name, Approval: true, FourEyes: true}, false
	}
	return r.List[i], true
}

// Sendable reports whether the requester may follow a book by themselves: nothing in it is the
// desk's to do, and every class of risk in it allows it.
func (r Risks) Sendable(b Book) bool {
	return !slices.ContainsFunc(b.Steps, func(s Step) bool { return !r.ForRequester(s) })
}

// ForRequester reports whether a step is one that the requester may do.
func (r Risks) ForRequester(s Step) bool {
	if s.Kind == Act {
		return false
	}
	if s.Risk == "" {
		return true
	}
	class, known := r.Of(s.Risk)
	return known && class.Requester
}
