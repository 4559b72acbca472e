package browser_test
import ("testing";"github.com/loopdesk/loopdesk/internal/app/apptest")
func TestScratch(t *testing.T){
	h := apptest.New(t)
	v := taken(t, h, "门禁卡刷不开三楼")
	b := asAgent(t, h)
	b.goTo("/work/tickets/" + v.Ref())
	b.run(`window.L=[]; for (const n of ["before:swap","after:swap","before:request","after:request","finally:request"]) document.addEventListener("htmx:"+n,e=>L.push(n+" focus="+document.activeElement.tagName+"#"+document.activeElement.id+" target="+(e.detail.ctx.target?.id??"")+" ctxfocus="+JSON.stringify(e.detail.ctx.focus)+" tasks="+(e.detail.tasks??[]).map(t=>t.target?.id)))`)
	b.press("r"); b.focused("#reply textarea"); b.write("三楼看一下"); b.press("ctrl+Enter")
	b.sees("reply", `document.querySelector(".msg.pub")`)
	b.run(`await new Promise(r=>setTimeout(r,1500))`)
	t.Log(eval[string](b, `L.join("\n")+"\n"+document.activeElement.tagName`))
}
