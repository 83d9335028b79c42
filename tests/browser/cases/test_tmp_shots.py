import os, pytest, re
from pathlib import Path
from lamplighter.hub.accounts.models import User
from lamplighter.hub.cases.models import Case
from tests.browser import steps
from tests.browser.shows import test_two_sides as two

WHEN = os.environ.get("WHEN", "after")
OUT = Path("/tmp/shots-case")/WHEN

@pytest.fixture(autouse=True)
def _demo(settings): settings.DEMONSTRATION = True

import builtins
def print(*a):
    with open(f"/tmp/shots-case/{WHEN}2.log","a") as f: builtins.print(*a, file=f)

def test_shots(site, browser):
    case = two.given_the_case()
    OUT.mkdir(parents=True, exist_ok=True)
    base = f"/cases/{case.key}"
    print(sorted(User.objects.values_list("username", "role", "agency")))
    common = {"case": base, "sharing": base+"/sharing", "agencies": base+"/agencies", "minutes": base+"/minutes"}
    for p in os.environ.get("MORE","").split(): common[p.strip("/").replace("/","_")] = base+p
    who = {"coordinator": {"case-names": base}, "investigator": {"contact": base+"/victim/contact"}, "advocate": {"side": base+"/victim/", "plan": base+"/victim/safety-plan", "support": base+"/victim/support"},
           "clinician": {"side": base+"/intervention", "formulation": base+"/intervention/formulation"}, "probation": {}, "lead": {}}
    for name, more in who.items():
        user = User.objects.filter(username=name).first()
        if not user: print("no", name); continue
        ctx = browser.new_context(viewport={"width":1280,"height":900})
        page = ctx.new_page(); page.set_default_timeout(60000)
        steps.when_i_sign_in(page, site, user, two.hub.PASSWORD)
        for w in (1280, 375, 320):
            page.set_viewport_size({"width": w, "height": 900 if w==1280 else 700})
            for n, a in (common|more).items():
                r = page.goto(site+a)
                y = page.evaluate("document.querySelector('h1')?.getBoundingClientRect().top")
                nav = page.evaluate("(()=>{const n=document.querySelector('.ll-tabs');return n?[n.getBoundingClientRect().height, [...n.querySelectorAll('a')].map(a=>a.textContent)]:null})()")
                over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                print(name, w, n, r.status, "h1", y, "over", over, "nav", nav if n=="case" or w==1280 else nav and nav[0])
                if w != 320:
                    page.screenshot(path=OUT/f"{name}-{n}-{w}.png", full_page=True)
        page.set_viewport_size({"width":1280,"height":900})
        for n, a in (common|more).items():
            if n in ("case","plan","history","timeline","side","reports"):
                page.goto(site+a); page.pdf(path=OUT/f"{name}-{n}.pdf", format="A4")
        if name == "coordinator":
            page.goto(site+"/patterns/")
            hrefs = page.eval_on_selector_all("main a[href^='/patterns/']", "a=>a.map(x=>x.getAttribute('href')).filter(h=>!h.includes('?')&&h.split('/').length==3&&h.length>11)")
            page.goto(site+hrefs[0]); page.screenshot(path=OUT/"pattern-1280.png", full_page=True); page.pdf(path=OUT/"pattern.pdf", format="A4")
        ctx.close()
