// SPDX-License-Identifier: Apache-2.0

package device

import (
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/sheet"
)

// MaxLines is the greatest number of devices in one file: as many as one commit takes without
// letting a ticket wait.
const MaxLines = 5000

// The fields that a file may say something about. "tag" is by which a device is known.
const (
	Tag       = "tag"
	KindOf    = "kind"
	Model     = "model"
	Serial    = "serial"
	Owner     = "owner"
	Site      = "site"
	Building  = "building"
	Room      = "room"
	ServiceOf = "service"
	StateOf   = "state"
	Bought    = "bought"
	Warranty  = "warranty"
	Note      = "note"
)

// Fields lists them in the order in which forms show them.
func Fields() []string {
	return []string{Tag, KindOf, Model, Serial, Owner, Site, Building, Room, ServiceOf, StateOf, Bought, Warranty, Note}
}

// Line is one device as a file says it is.
type Line struct {
	At     int64 // in the file, from 1
	Text   string
	Values map[string]string
	Bad    *errs.FieldError // why it could not be read at all
}

// Sheet is a file as it was read.
type Sheet struct {
	Fields  []string // of which it says something; the others stay as they are
	Lines   []Line
	Ignored []string // columns that mean nothing here
}

// Read takes a file apart. The first line names the columns, in Chinese or English, in any order.
// Invalid where it can be no list of devices at all; a line that is wrong says why.
func Read(text, comma string) (Sheet, error) {
	if !slices.Contains(directory.Commas(), comma) {
		return Sheet{}, errs.Field("comma", "directory.comma_unknown")
	}
	head, rows := directory.Rows(text, comma)
	s := Sheet{}
	columns := make([]string, len(head))
	for i, name := range head {
		columns[i] = columnOf(name)
		switch {
		case columns[i] == "":
			if name = person.CleanName(name); name != "" {
				s.Ignored = append(s.Ignored, name)
			}
		case slices.Contains(s.Fields, columns[i]):
			return Sheet{}, errs.Field("file", "directory.column_twice", "Name", person.CleanName(name))
		default:
			s.Fields = append(s.Fields, columns[i])
		}
	}
	if !slices.Contains(s.Fields, Tag) {
		return Sheet{}, errs.Field("file", "device.columns_needed")
	}
	for r := range rows {
		l := lineOf(columns, r.Cells)
		l.At, l.Text = r.At, firstRunes(r.Text, 400)
		if !r.Whole {
			l.Bad = &errs.FieldError{Name: "file", Key: "directory.quote_open"}
		}
		if s.Lines = append(s.Lines, l); len(s.Lines) > MaxLines {
			return Sheet{}, errs.Field("file", "directory.file_long", "Max", MaxLines)
		}
	}
	if len(s.Lines) == 0 {
		return Sheet{}, errs.Field("file", "device.file_empty")
	}
	return s, nil
}

func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

func lineOf(columns, cells []string) Line {
	l := Line{Values: map[string]string{}}
	if len(cells) > len(columns) && strings.TrimSpace(strings.Join(cells[len(columns):], "")) != "" {
		l.Bad = &errs.FieldError{Name: "file", Key: "directory.cells_many", Args: []any{"Have", len(cells), "Want", len(columns)}}
	}
	for i, column := range columns {
		if column == "" || i >= len(cells) {
			continue
		}
		l.Values[column] = sheet.Plain(strings.TrimSpace(cells[i]))
	}
	return l
}

// columnOf is the field that a column holds, by its heading; "" for none.
func columnOf(head string) string {
	head = strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "", "　", "", "(", "", ")", "", "（", "", "）", "").Replace(person.CleanName(head)))
	words := map[string]string{
		Tag:       "资产编号,资产标签,资产号,设备编号,标签,编号,assettag,asset,assetnumber,tag,assetid,inventorynumber",
		KindOf:    "类型,设备类型,种类,类别,kind,type,category",
		Model:     "型号,设备型号,品牌型号,model,modelname",
		Serial:    "序列号,出厂编号,sn,s/n,serial,serialnumber,servicetag",
		Owner:     "使用人,责任人,领用人,保管人,归属人,owner,user,assignedto,usedby",
		Site:      "园区,地点,城市,站点,site,location,campus",
		Building:  "楼,楼栋,大楼,building",
		Room:      "房间,房间号,房号,工位,室,room,seat",
		ServiceOf: "业务系统,所属系统,系统,service,system",
		StateOf:   "状态,设备状态,state,status",
		Bought:    "购入日期,购买日期,采购日期,启用日期,bought,purchasedate,purchased",
		Warranty:  "保修到期,保修期至,维保到期,质保到期,warranty,warrantyend,warrantyuntil,warrantyexpires",
		Note:      "备注,说明,note,notes,remark,comment",
	}
	for field, list := range words {
		if head != "" && slices.Contains(strings.Split(list, ","), head) {
			return field
		}
	}
	return ""
}

// kindWord reads what sort of thing a cell names; nothing said is no kind.
func kindWord(s string) (Kind, bool) {
	words := map[Kind]string{
		Laptop: "laptop,笔记本,笔记本电脑,notebook", Desktop: "desktop,台式机,台式电脑,电脑,主机,pc,computer,工作站,workstation",
		Monitor: "monitor,显示器,display,屏幕", Printer: "printer,打印机,复印机,一体机", Phone: "phone,电话,话机,手机,座机,telephone",
		Network: "network,网络设备,交换机,路由器,ap,无线ap,switch,router,防火墙,firewall", Server: "server,服务器,存储,storage",
		Meeting: "meeting,会议设备,投影仪,投影,projector,会议屏", Other: "other,其他,其它",
	}
	s = strings.ToLower(person.CleanName(s))
	for k, list := range words {
		if slices.Contains(strings.Split(list, ","), s) {
			return k, true
		}
	}
	return "", s == ""
}

// stateWord reads what a device is doing; nothing said is no state.
func stateWord(s string) (State, bool) {
	words := map[State]string{
		InUse: "in_use,in use,使用中,在用,正常,active", Spare: "spare,闲置,库存,备用,在库,stock",
		InRepair: "repair,in repair,维修,维修中,送修", Retired: "retired,报废,已报废,停用,退役,scrapped",
	}
	s = strings.ToLower(person.CleanName(s))
	for k, list := range words {
		if slices.Contains(strings.Split(list, ","), s) {
			return k, true
		}
	}
	return "", s == ""
}
