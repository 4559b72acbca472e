// SPDX-License-Identifier: Apache-2.0
// A screen shown from one browser to another (N26). The desk carries what the two need to find
// each other and nothing of the picture. The picture goes one way; the other way goes where the
// pointer of whoever looks is, two numbers, drawn here and given to nothing: there is no input.
//
// Pages that only have a part in it say so by data attributes; the words are theirs.

const every = 4000; // a sign of life, and a look for what a hint may have lost
const patience = 25000; // until a connection that does not come counts as none
const say = (root, key, values = {}) => (root.dataset[`say${key}`] ?? "").replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

const able = () => !!navigator.mediaDevices?.getDisplayMedia && !!window.RTCPeerConnection;

// What a page asks before anybody agreed.
for (const form of document.querySelectorAll("[data-remote-agree]")) {
  if (able()) continue;
  form.hidden = true;
  const unable = form.parentElement.querySelector("[data-remote-unable]");
  if (unable) unable.hidden = false;
}
// The question may be taken back, the other window may end it: the page says so by itself. What
// was ticked is no loss then, for there is nothing left to agree to.
document.querySelector("[data-remote-question]")?.addEventListener("live", () => look());
async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const text = await answer.text();
  const here = document.querySelector("[data-remote-question]")?.id;
  if (here && !text.includes(`id="${here}"`)) location.reload();
}

const root = document.querySelector("[data-remote]");
if (root) root.dataset.remote === "sharer" ? sharer(root) : viewer(root);

// line is the way to the other side by the desk: what is said waits here until it is taken.
function line(root, hear, over) {
  const waits = [];
  let after = -1; // what was said before this page was there is not for it
  let busy = false;
  let again = false;
  let shut = false;
  let timer;
  let began = false;
  let askServers = false;
  let resolveServers;

  async function talk() {
    if (shut) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    clearTimeout(timer);
    const say = waits.splice(0, 20);
    const body = new URLSearchParams(after < 0 ? { fresh: "yes" } : { after: String(after) });
    if (root.dataset.window) body.set("window", root.dataset.window);
    if (began) body.set("began", "yes");
    const asked = askServers;
    if (asked) body.set("servers", "yes");
    for (const m of say) body.append("say", m);
    let pause = every;
    try {
      const answer = await fetch(`${root.dataset.at}/talk`, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.ok) {
        const got = await answer.json();
        after = got.last;
        if (asked && askServers && got.state !== "asked") {
          askServers = false;
          resolveServers(got.servers ?? []);
        }
        for (const m of got.messages) {
          try {
            await hear(JSON.parse(m));
          } catch (why) {
            if (!(why instanceof SyntaxError)) console.info("remote:", String(why));
          }
        }
        if (got.state === "ended") close("ended");
        else over.state?.(got);
      } else if (answer.status === 409) {
        close("elsewhere");
      } else if (answer.status === 429 || answer.status >= 500) {
        waits.unshift(...say);
        pause = every * 2;
      } else {
        close("ended");
      }
    } catch {
      waits.unshift(...say); // the network is away for a moment
    }
    busy = false;
    if (shut) return;
    if (again || waits.length) {
      again = false;
      timer = setTimeout(talk, 120);
    } else {
      timer = setTimeout(talk, pause);
    }
  }
  function close(why) {
    if (shut) return;
    shut = true;
    clearTimeout(timer);
    over.end(why);
  }
  root.addEventListener("live", talk);
  document.addEventListener("visibilitychange", () => document.hidden || talk());
  talk();
  return {
    say(message) {
      waits.push(JSON.stringify(message));
      clearTimeout(timer);
      timer = setTimeout(talk, 80); // what comes together goes together
    },
    begin() {
      if (began) return;
      began = true;
      talk();
    },
    servers: () =>
      new Promise((done) => {
        askServers = true;
        resolveServers = done;
        talk();
      }),
    get open() {
      return !shut;
    },
    close,
  };
}

const config = (root, servers) => ({ iceServers: servers, iceTransportPolicy: "relay" in root.dataset ? "relay" : "all" });

// ice gathers the ways of a side and sends them in few messages.
function ice(pc, gen, to) {
  let list = [];
  let timer;
  pc.addEventListener("icecandidate", (e) => {
    if (!e.candidate) return;
    list.push(e.candidate.toJSON());
    clearTimeout(timer);
    timer = setTimeout(() => {
      to.say({ g: gen, t: "ice", c: list });
      list = [];
    }, 150);
  });
}

// ways takes what came of the other side, once it is known to what it belongs.
function ways(pc) {
  const early = [];
  let ready = false;
  return {
    async take(list) {
      for (const c of list) ready ? await pc.addIceCandidate(c).catch(() => {}) : early.push(c);
    },
    async open() {
      ready = true;
      for (const c of early.splice(0)) await pc.addIceCandidate(c).catch(() => {});
    },
  };
}

// point draws where whoever looks points at, as parts of the picture from its left and top.
function point(root, at) {
  const dot = root.querySelector("[data-remote-pointer]");
  if (!dot) return;
  dot.hidden = !at;
  if (!at) return;
  const video = root.querySelector("[data-remote-video]");
  const box = shown(video);
  dot.style.left = `${box.left + at[0] * box.width}px`;
  dot.style.top = `${box.top + at[1] * box.height}px`;
}

// shown is where the picture lies within its element: between bars, where the shapes differ.
function shown(video) {
  const { clientWidth: w, clientHeight: h, videoWidth: vw, videoHeight: vh } = video;
  if (!vw || !vh || !w || !h) return { left: 0, top: 0, width: w, height: h };
  const scale = Math.min(w / vw, h / vh);
  return { left: (w - vw * scale) / 2, top: (h - vh * scale) / 2, width: vw * scale, height: vh * scale };
}

// place reads two numbers out of what came, and nothing else.
function place(text) {
  if (typeof text !== "string" || text.length > 60) return undefined;
  if (text === "-") return null;
  const parts = text.split(" ").map(Number);
  if (parts.length !== 2 || !parts.every((n) => n >= 0 && n <= 1)) return undefined;
  return parts;
}

function sharer(root) {
  const state = root.querySelector("[data-remote-state]");
  const choose = root.querySelector("[data-remote-choose]");
  const video = root.querySelector("[data-remote-video]");
  const stage = root.querySelector("[data-remote-stage]");
  let stream;
  let pc;
  let gen = "";
  let there; // ways of the other side
  let timer;
  let tries = 0;
  let leaving = false;
  const show = (key) => {
    state.textContent = say(root, key);
    root.dataset.state = key.toLowerCase();
  };

  const to = line(
    root,
    async (m) => {
      if (m.t === "hello") {
        tries = 0;
        if (stream) await connect();
      } else if (m.g === gen && pc) {
        if (m.t === "answer") {
          await pc.setRemoteDescription({ type: "answer", sdp: m.sdp });
          await there.open();
        } else if (m.t === "ice") {
          await there.take(m.c);
        }
      }
    },
    {
      end(why) {
        stop();
        if (why === "elsewhere") {
          show("Elsewhere");
          choose.hidden = true;
          root.querySelector("[data-remote-stop]").hidden = true;
          return;
        }
        leaving = true;
        location.assign(root.dataset.over);
      },
    },
  );

  function stop() {
    clearTimeout(timer);
    stream?.getTracks().forEach((t) => t.stop());
    stream = undefined;
    pc?.close();
    pc = undefined;
    video.srcObject = null;
    stage.hidden = true;
    point(root, null);
  }

  // The end is told even by a page that goes: nothing is seen after it.
  const tell = (what) => navigator.sendBeacon(`${root.dataset.at}/${what}`, new URLSearchParams());

  choose.addEventListener("click", async () => {
    show("Choosing");
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 10, max: 15 } }, audio: false });
    } catch {
      show("Refused");
      return;
    }
    const track = stream.getVideoTracks()[0];
    track.contentHint = "detail";
    track.addEventListener("ended", end); // the browser's own bar stops it, too
    video.srcObject = stream;
    stage.hidden = false;
    choose.hidden = true;
    const hint = root.querySelector("[data-remote-hint]");
    if (hint) hint.hidden = false;
    tries = 0;
    await connect();
  });

  async function end() {
    if (leaving) return;
    stop();
    await fetch(`${root.dataset.at}/stop`, { method: "POST", body: new URLSearchParams() }).catch(() => {});
    leaving = true;
    to.close("ended");
  }

  root.querySelector("[data-remote-stop]").addEventListener("submit", (e) => {
    e.preventDefault();
    end();
  });

  async function connect() {
    pc?.close();
    gen = crypto.randomUUID();
    const mine = new RTCPeerConnection(config(root, JSON.parse(root.dataset.servers || "[]") ?? []));
    pc = mine;
    there = ways(mine);
    ice(mine, gen, to);
    mine.addTrack(stream.getVideoTracks()[0], stream);
    const pointer = mine.createDataChannel("pointer", { ordered: false, maxRetransmits: 0 });
    pointer.addEventListener("message", (e) => {
      const at = place(e.data);
      if (at !== undefined) point(root, at);
    });
    mine.addEventListener("connectionstatechange", () => {
      if (mine !== pc) return;
      if (mine.connectionState === "connected") {
        clearTimeout(timer);
        tries = 0;
        show("Live");
      } else if (mine.connectionState === "disconnected") {
        show("Again");
        point(root, null);
        wait();
      } else if (mine.connectionState === "failed") {
        retry();
      }
    });
    await mine.setLocalDescription(await mine.createOffer());
    if (mine !== pc) return;
    to.say({ g: gen, t: "offer", sdp: mine.localDescription.sdp });
    show("Connecting");
    wait();
  }

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(retry, patience);
  }

  // retry begins anew a few times; then it says that no way leads there.
  async function retry() {
    if (!stream || !to.open || pc?.connectionState === "connected") return;
    if (++tries > 2) {
      stop();
      await fetch(`${root.dataset.at}/fail`, { method: "POST", body: new URLSearchParams() }).catch(() => {});
      leaving = true;
      to.close("ended");
      return;
    }
    show("Again");
    await connect();
  }

  addEventListener("pagehide", () => {
    if (!leaving && to.open) tell("stop");
  });
}

function viewer(root) {
  const state = root.querySelector("[data-remote-state]");
  const video = root.querySelector("[data-remote-video]");
  const stage = root.querySelector("[data-remote-stage]");
  const keep = root.querySelector("[data-remote-keep]");
  let pc;
  let gen = "";
  let there;
  let channel;
  let known = root.dataset.state;
  const show = (key) => {
    state.textContent = say(root, key);
    root.dataset.look = key.toLowerCase();
  };

  const to = line(
    root,
    async (m) => {
      if (m.t === "offer") {
        await answer(m);
      } else if (m.t === "ice" && m.g === gen && there) {
        await there.take(m.c);
      }
    },
    {
      state({ state: now, pictures }) {
        if (known === "asked" && now !== "asked") {
          show("Agreed");
          for (const b of root.querySelectorAll("[data-remote-asked], [data-remote-agreed]")) b.hidden = b.matches("[data-remote-asked]");
        }
        known = now;
        if (keep) keep.hidden = !pictures || stage.hidden;
      },
      end() {
        pc?.close();
        location.assign(root.dataset.over);
      },
    },
  );
  to.say({ t: "hello" });
  const list = to.servers();

  async function answer(m) {
    const servers = await list; // they came before the first offer, or with it
    pc?.close();
    gen = m.g;
    const mine = new RTCPeerConnection(config(root, servers));
    pc = mine;
    there = ways(mine);
    ice(mine, gen, to);
    mine.addEventListener("track", (e) => {
      video.srcObject = e.streams[0] ?? new MediaStream([e.track]);
    });
    mine.addEventListener("datachannel", (e) => {
      if (e.channel.label === "pointer") channel = e.channel;
    });
    mine.addEventListener("connectionstatechange", () => {
      if (mine !== pc) return;
      if (mine.connectionState === "connected") show("Live");
      else if (mine.connectionState === "disconnected" || mine.connectionState === "failed") show("Again");
    });
    show("Connecting");
    await mine.setRemoteDescription({ type: "offer", sdp: m.sdp });
    await mine.setLocalDescription(await mine.createAnswer());
    if (mine !== pc) return;
    to.say({ g: gen, t: "answer", sdp: mine.localDescription.sdp });
    await there.open();
  }

  video.addEventListener("playing", seen);
  video.addEventListener("resize", seen);
  function seen() {
    if (!video.videoWidth) return;
    stage.hidden = false;
    show("Live");
    to.begin();
  }

  // The pointer: with the mouse, with a finger, or with the arrow keys.
  let last = 0;
  let at = [0.5, 0.5];
  const send = (text) => channel?.readyState === "open" && channel.send(text);
  const move = (x, y) => {
    at = [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
    point(root, at);
    const now = performance.now();
    if (now - last < 33) return;
    last = now;
    send(`${at[0].toFixed(4)} ${at[1].toFixed(4)}`);
  };
  stage.addEventListener("pointermove", (e) => {
    const box = shown(video);
    const around = video.getBoundingClientRect();
    const x = (e.clientX - around.left - box.left) / box.width;
    const y = (e.clientY - around.top - box.top) / box.height;
    if (x < 0 || x > 1 || y < 0 || y > 1) return;
    move(x, y);
  });
  const gone = () => {
    point(root, null);
    send("-");
  };
  stage.addEventListener("pointerleave", gone);
  stage.addEventListener("blur", gone);
  stage.addEventListener("keydown", (e) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (!by) return;
    e.preventDefault();
    e.stopPropagation();
    last = 0;
    move(at[0] + by[0] * 0.02, at[1] + by[1] * 0.02);
  });

  keep?.addEventListener("click", async () => {
    keep.disabled = true;
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const body = new FormData();
    body.append("upload", blob, keep.dataset.name || "screen.png");
    const answer = await fetch(`${root.dataset.at}/picture`, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
    keep.disabled = false;
    const kept = answer?.ok ? (await answer.json()).kept : 0;
    root.querySelector("[data-remote-kept]").textContent = kept ? say(root, "Kept", { Count: kept }) : say(root, "Unkept");
  });
}
