// SPDX-License-Identifier: Apache-2.0
// Makes the pages quick and live. Every page works without it, and it works on a
// page that has none of what it looks for: pages say by data attributes what
// they want, so that they need no script of their own.
import "htmx.org";
import "htmx.org/dist/ext/hx-sse.js";
import "./answer.js";
import "./instead.js";
import "./keys.js";
import "./heard.js";
import "./inbox.js";
import "./list.js";
import "./board.js";
import "./compose.js";
import "./draft.js";
import "./live.js";
import "./open.js";
import "./question.js";
import "./focus.js";
import "./fold.js";
import "./palette.js";
import "./peek.js";
import "./pictures.js";
import "./place.js";
import "./phone.js";
import "./push.js";
import "./required.js";
import "./rows.js";
import "./sound.js";
import "./theme.js";
import "./time.js";
import "./texts.js";
import "./suggest.js";
import "./toast.js";
import "./viewer.js";
import "./visit.js";
import "./wording.js";
import "./beside.js"; // when all else knows its fields
