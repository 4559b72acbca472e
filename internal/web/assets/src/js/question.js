// SPDX-License-Identifier: Apache-2.0
// Shows the questions of a form that follow from the answers before them. The server reads the
// same rules again when the form is sent, and is the one that is right.
import { on } from "./page.js";

const controls = (question) => [...question.querySelectorAll("[name^=a_]")];

function answer(question) {
  if (question.hidden) return [];
  return controls(question)
    .filter((c) => (c.type === "checkbox" || c.type === "radio" ? c.checked : c.value.trim() !== ""))
    .map((c) => c.value.trim());
}

const same = (a, b) => a === b || (a !== "" && b !== "" && Number(a) === Number(b));

function holds(test, values) {
  switch (test.Op) {
    case "is":
      return values.some((v) => same(v, test.Value));
    case "is_not":
      return !values.some((v) => same(v, test.Value));
    case "answered":
      return values.length > 0;
    case "unanswered":
      return values.length === 0;
    case "at_least":
      return values.length > 0 && Number(values[0]) >= Number(test.Value);
    case "at_most":
      return values.length > 0 && Number(values[0]) <= Number(test.Value);
  }
  return false;
}

// A question looks only at those above it, so one walk from the top settles all.
function settle(form) {
  const given = {};
  form.querySelectorAll("[data-question]").forEach((question) => {
    const rule = question.dataset.show && JSON.parse(question.dataset.show);
    if (rule) {
      const tests = rule.Tests.map((t) => holds(t, given[t.Field] ?? []));
      question.hidden = !(rule.Any ? tests.some(Boolean) : tests.every(Boolean));
    }
    given[question.dataset.question] = answer(question);
  });
}

function changed(control) {
  const form = control.closest("form");
  if (form) settle(form);
}
on("input", "[data-question] [name^=a_]", changed);
on("change", "[data-question] [name^=a_]", changed);
