// SPDX-License-Identifier: Apache-2.0

package app

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// demoFiles are the sample organisation: who works there, what they rely on, what happens
// to them and how they speak. They are data, in the language of whoever speaks.
//
//go:embed demodata/*.toml demodata/*.csv demodata/runbook/*
var demoFiles embed.FS

// script is the whole of the sample organisation as written.
type script struct {
	Groups     []demoGroup    `toml:"group"`
	Staff      []demoPerson   `toml:"staff"`
	Requesters []demoPerson   `toml:"requester"`
	Services   []demoService  `toml:"service"`
	Categories []demoCategory `toml:"category"`
	Scenes     []scene        `toml:"scene"`
	Letters    []demoLetter   `toml:"letter"`
	Rota       demoRota       `toml:"rota"`
	Views      []demoView     `toml:"view"`
	Asides     []demoAside    `toml:"aside"`
	Approvals  []demoApproval `toml:"approval"`
	Refused    string         `toml:"refused"` // why the lead does not accept a deviation
	Forms      []demoForm     `toml:"form"`
	Answers    []demoAnswers  `toml:"answers"`
	Stories    []story        `toml:"-"`
	Texts      []demoText     `toml:"text"`
	Articles   []demoArticle  `toml:"article"`

	Announcements []demoAnnouncement `toml:"announcement"`
	Phrases       map[string]phrases
}

type demoText struct {
	Group string // everybody's where empty
	Lang  string
	Short string
	Title string
	Body  string
}

type demoGroup struct {
	Name   string
	NameEN string `toml:"name_en"`
}

type demoPerson struct {
	Name       string
	Email      string
	Role       string
	Lang       string
	Department string
	Place      string
	Phone      string
	Groups     []string
	Skills     string // words with commas between them
	Limit      int64  // how much they have in work at once
}

type demoRota struct {
	Name   string
	NameEN string `toml:"name_en"`
	Day    string
	Night  string
}

type demoService struct {
	Name   string
	NameEN string `toml:"name_en"`
	Core   bool
	Skills string // what its tickets ask for
}

type demoCategory struct {
	Name     string
	NameEN   string `toml:"name_en"`
	Group    string
	Children [][2]string // name and English name
}

// story is one cause of trouble: what people say, what agents find and do.
type story struct {
	Key        string
	From       []string // departments that it happens to; any where empty
	Category   string
	Service    string
	Words      []string // the request, told differently each time
	Since      string
	Symptom    string
	Affected   string
	People     string
	Wanted     string
	Affects    string   // the answer to "how many people?"
	Halt       string   // the answer to "does work stand still?"
	Look       string   // what the agent finds
	Finds      []string // the lines of the diagnosis log, "hypothesis|check|result"; the last one is the cause
	Ask        string   // what the agent asks the requester, and the Answer
	Answer     string
	Progress   string
	Group      string // who it is handed to; empty where the service desk solves it
	Stuck      string // the answers of an honest wait; empty where it never has to
	Doing      string
	Solution   string
	Cause      string
	Prevention string
	Verify     []string
	Hard       string
	Approach   string
	lang       string
}

// scene is one ticket of the open end of the timeline.
type scene struct {
	Story   string
	Words   int    // which of the story's wordings
	Who     string // the requester's address; somebody to whom the story happens where empty
	Arc     string
	Channel string
	Ago     span // when the request came
	Last    span // when the requester heard last
	Next    span // when the requester was told to hear next, from now
}

// demoLetter is a mail that came and became no ticket.
type demoLetter struct {
	Ago    span
	Sender string // of the envelope
	Raw    string
}

// span is a length of time as Go writes it, "2h20m".
type span time.Duration

// UnmarshalText reads a span.
func (s *span) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	*s = span(d)
	return err
}

// phrases are what people of one language say in every story.
type phrases struct {
	Hello, Note, Reject, Thanks                             []string
	Done, Why, Needed, Second, Call, Cancel, Invalid, Again string
	Vendor, Visit, Approval, Evidence, Override             string
	Praise, Blame                                           string
	VendorDoing                                             string `toml:"vendor_doing"`
	VendorName                                              string `toml:"vendor_name"`
	VendorCase                                              string `toml:"vendor_case"`
	VisitDoing                                              string `toml:"visit_doing"`
	ApprovalDoing                                           string `toml:"approval_doing"`
	CallBack                                                string `toml:"call_back"`
	DeviatePrevention                                       string `toml:"deviate_prevention"`
	DeviateClosure                                          string `toml:"deviate_closure"`
}

// readScript reads the embedded files. Whatever is wrong with them is a mistake of ours that
// the first test meets.
func readScript() (script, error) {
	var s script
	for _, name := range []string{"people", "catalog", "forms", "scenes", "letters", "texts", "articles", "notes"} {
		if err := readDemo(name, &s); err != nil {
			return s, err
		}
	}
	if err := readDemo("phrases", &s.Phrases); err != nil {
		return s, err
	}
	for _, lang := range []string{"zh-CN", "en"} {
		var told struct {
			Story []story
		}
		if err := readDemo("stories."+lang, &told); err != nil {
			return s, err
		}
		for _, x := range told.Story {
			x.lang = lang
			s.Stories = append(s.Stories, x)
		}
	}
	return s, nil
}

func readDemo(name string, into any) error {
	text, err := demoFiles.ReadFile("demodata/" + name + ".toml")
	if err != nil {
		return err
	}
	meta, err := toml.Decode(string(text), into)
	if err != nil {
		return fmt.Errorf("demodata/%s: %w", name, err)
	}
	if odd := meta.Undecoded(); len(odd) > 0 {
		return fmt.Errorf("demodata/%s: nobody reads %v", name, odd)
	}
	return nil
}

// fill writes values between the words: fill("Hello {name}", "name", "Ada").
func fill(text string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// chance is a small generator of the same numbers each time (splitmix64), so that two demos
// tell the same story.
type chance uint64

// below returns a number from 0 up to, not including, n.
func (c *chance) below(n int) int {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return int((z ^ (z >> 31)) % uint64(n))
}

// between returns a number from lo to hi, both possible.
func (c *chance) between(lo, hi int) int { return lo + c.below(hi-lo+1) }

// pick returns one of a list.
func pick[T any](c *chance, list []T) T { return list[c.below(len(list))] }
