/* Interactive figures. Every `figure.rf-panel` carries its numbers as JSON and, for
   readers without scripts, a picture and a table. The script puts sliders and a drawing
   in place of the picture: one frame of a `Panel`, one curve of a `CountPanel`, one choice
   of a `CurvePanel` or of a `LinePanel`. Nothing is loaded. */
"use strict";

(() => {
  const NS = "http://www.w3.org/2000/svg";
  const MARGIN = { top: 8, right: 10, bottom: 26, left: 34 };
  const COUNT_MARGIN = { top: 8, right: 14, bottom: 42, left: 48 };
  let count = 0;

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function shape(parent, name, attributes) {
    const made = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.append(made);
    return made;
  }

  function tickStep(span, room, width) {
    return [1, 2, 5, 10, 20, 50].find((step) => (span / step) * width <= room) ?? 100;
  }

  function ticks(low, high, step) {
    const found = [];
    for (let t = Math.ceil(low / step) * step; t <= high; t += step) found.push(t);
    return found;
  }

  function minus(value) {
    return String(value).replace("-", "\u2212");
  }

  class Panel {
    constructor(figure) {
      this.figure = figure;
      this.data = JSON.parse(figure.querySelector("script").textContent);
      this.details = figure.querySelector("details");
      this.heads = [...this.details.querySelectorAll("th")].map((h) => h.textContent);
      this.rows = [...this.details.querySelectorAll("tbody tr")];
      this.clip = `rf-panel-clip-${(count += 1)}`;
      this.build();
      this.step = this.data.start;
      this.show(this.step);
      new ResizeObserver(() => this.draw()).observe(this.stage);
    }

    build() {
      const last = this.data.frames.length - 1;
      const id = `rf-panel-${count}`;
      this.slider = element("input", { type: "range", id, min: 0, max: last, step: 1 });
      this.fewer = element("button", { type: "button", "aria-label": "one step back" }, "\u2212");
      this.more = element("button", { type: "button", "aria-label": "one step on" }, "+");
      this.number = element("output", { for: id, "aria-hidden": "true" });
      this.readout = element("p", { class: "rf-panel-readout", "aria-live": "polite" });
      this.stage = element("div", { class: "rf-panel-stage" });
      this.svg = document.createElementNS(NS, "svg");
      this.svg.setAttribute("role", "img");
      this.stage.append(this.svg);
      const name = element("label", { for: id }, this.data.control);
      const bar = element("div", { class: "rf-panel-bar" });
      const keys = element("div", { class: "rf-panel-keys" });
      keys.append(this.fewer, this.slider, this.more);
      bar.append(name, this.number, keys);
      this.figure.querySelector(".rf-panel-static").replaceWith(this.stage, bar, this.readout);
      this.details.open = false;
      this.slider.addEventListener("input", () => this.show(Number(this.slider.value)));
      this.fewer.addEventListener("click", () => this.show(this.step - 1));
      this.more.addEventListener("click", () => this.show(this.step + 1));
    }

    show(step) {
      const last = this.data.frames.length - 1;
      this.step = Math.max(0, Math.min(last, step));
      this.slider.value = this.step;
      this.number.textContent = this.step;
      this.fewer.disabled = this.step === 0;
      this.more.disabled = this.step === last;
      const cells = [...this.rows[this.step].cells].map((cell) => cell.textContent);
      const words = this.heads.slice(1).map((head, i) => `${head}: ${cells[i + 1]}`);
      this.slider.setAttribute("aria-valuetext", `${cells[0]}; ${words.join("; ")}`);
      const parts = words.map((word) => element("span", {}, word));
      this.readout.replaceChildren(...parts);
      this.rows.forEach((row, i) => row.classList.toggle("now", i === this.step));
      this.draw();
    }

    draw() {
      const width = Math.max(200, this.stage.clientWidth);
      const height = Math.round(Math.max(200, Math.min(330, 0.5 * width)));
      const [left, right, low, high] = this.data.limits;
      const inner = {
        width: width - MARGIN.left - MARGIN.right,
        height: height - MARGIN.top - MARGIN.bottom,
      };
      this.x = (x) => MARGIN.left + ((x - left) / (right - left)) * inner.width;
      this.y = (y) => MARGIN.top + ((high - y) / (high - low)) * inner.height;
      this.svg.replaceChildren();
      this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      this.svg.setAttribute("aria-label", `${this.data.control}: ${this.step}`);
      const box = shape(shape(this.svg, "clipPath", { id: this.clip }), "rect", inner);
      box.setAttribute("x", MARGIN.left);
      box.setAttribute("y", MARGIN.top);
      this.axes(inner);
      this.curves();
    }

    axes(inner) {
      const [left, right, low, high] = this.data.limits;
      const bottom = MARGIN.top + inner.height;
      for (const t of ticks(left, right, tickStep(right - left, inner.width, 34))) {
        const x = this.x(t);
        shape(this.svg, "line", { class: "grid", x1: x, x2: x, y1: MARGIN.top, y2: bottom });
        const text = { x, y: bottom + 17, "text-anchor": "middle" };
        shape(this.svg, "text", text).textContent = minus(t);
      }
      for (const t of ticks(low, high, tickStep(high - low, inner.height, 22))) {
        const y = this.y(t);
        const line = { x1: MARGIN.left, x2: MARGIN.left + inner.width, y1: y, y2: y };
        shape(this.svg, "line", { class: t === 0 ? "axis" : "grid", ...line });
        const text = { x: MARGIN.left - 7, y: y + 4, "text-anchor": "end" };
        shape(this.svg, "text", text).textContent = minus(t);
      }
    }

    curves() {
      const group = shape(this.svg, "g", { "clip-path": `url(#${this.clip})` });
      const line = (points, name) => {
        const corners = points.map(([x, y]) => `${this.x(x)},${this.y(y)}`).join(" ");
        shape(group, "polyline", { class: name, points: corners });
      };
      const frame = this.data.frames[this.step];
      line(this.data.goal, "goal");
      if (this.step > 0) line(this.data.frames[this.step - 1].line, "before");
      line(frame.line, "current");
      for (const [x, y] of frame.dots) {
        shape(group, "circle", { cx: this.x(x), cy: this.y(y), r: 4.2 });
      }
    }
  }

  /* Split "d^{2}" into its parts; every second one is raised. */
  function parts(text) {
    return text.split(/\^\{(.*?)\}/);
  }

  /* The same text with <sup> in it, as nodes. */
  function raised(text) {
    return parts(text).map((part, i) => (i % 2 ? element("sup", {}, part) : part));
  }

  /* The same text for a reader who listens. */
  function spoken(text) {
    return parts(text).map((part, i) => (i % 2 ? ` to the power ${part}` : part)).join("");
  }

  function raisedText(parent, text, attributes) {
    const made = shape(parent, "text", attributes);
    parts(text).forEach((part, i) => {
      const span = shape(made, "tspan", i % 2 ? { dy: -5, "font-size": "0.8em" } : {});
      span.textContent = part;
    });
    return made;
  }

  /* "1234567" or "1.234e57", as it is read and as a power of ten; 0 stands at the foot. */
  class Count {
    constructor(text) {
      [this.digits, this.exponent] = text.split("e");
      this.power = Math.log10(Number(this.digits) || 1) + Number(this.exponent ?? 0);
    }

    text() {
      if (this.exponent) return `${this.digits} \u00d7 10^{${this.exponent}}`;
      return this.digits.replace(/\B(?=(\d{3})+$)/g, "\u202f");
    }
  }

  class CountPanel {
    constructor(figure) {
      this.figure = figure;
      this.data = JSON.parse(figure.querySelector("script").textContent);
      this.details = figure.querySelector("details");
      [this.across, this.family, ...this.others] = this.data.controls;
      this.x = this.across.labels.map(Number);
      this.places = this.data.controls.map((control) => control.start);
      this.clip = `rf-panel-clip-${(count += 1)}`;
      this.build();
      this.show();
      new ResizeObserver(() => this.draw()).observe(this.stage);
    }

    build() {
      this.stage = element("div", { class: "rf-panel-stage" });
      this.svg = document.createElementNS(NS, "svg");
      this.svg.setAttribute("role", "img");
      this.stage.append(this.svg);
      this.readout = element("p", { class: "rf-panel-readout", "aria-live": "polite" });
      const bars = element("div", { class: "rf-panel-sliders" });
      this.sliders = this.data.controls.map((control, i) => this.slider(control, i, bars));
      this.figure
        .querySelector(".rf-panel-static")
        .replaceWith(this.stage, this.readout, bars);
      this.details.open = false;
    }

    slider(control, i, bars) {
      const id = `rf-panel-${count}-${i}`;
      const max = control.labels.length - 1;
      const input = element("input", { type: "range", id, min: 0, max, step: 1 });
      const output = element("output", { for: id, "aria-hidden": "true" });
      const bar = element("div", { class: "rf-panel-bar" });
      bar.append(element("label", { for: id }, control.name), output, input);
      bars.append(bar);
      input.addEventListener("input", () => {
        this.places[i] = Number(input.value);
        this.show();
      });
      return { input, output };
    }

    /* The counts of the chosen others: a list for each label of the family. */
    slice() {
      let shown = this.data.counts;
      for (const place of this.places.slice(2).reverse()) shown = shown[place];
      return shown.map((row) => row.split(" ").map((text) => new Count(text)));
    }

    show() {
      this.rows = this.slice();
      this.sliders.forEach(({ input, output }, i) => {
        const label = this.data.controls[i].labels[this.places[i]];
        input.value = this.places[i];
        input.setAttribute("aria-valuetext", spoken(label));
        output.replaceChildren(...raised(label));
      });
      const now = this.rows[this.places[1]][this.places[0]];
      const quantity = element("span", {}, `${this.data.quantity}: `);
      quantity.append(element("strong", {}, ...raised(now.text())));
      this.readout.replaceChildren(quantity, element("span", {}, this.compare(now)));
      this.table();
      this.draw();
    }

    compare(now) {
      const below = this.data.marks.filter(([, power]) => power <= now.power);
      const above = this.data.marks.filter(([, power]) => power > now.power);
      const words = [];
      if (below.length) words.push(`more than ${below[below.length - 1][0]}`);
      if (above.length) words.push(`fewer than ${above[0][0]}`);
      return words.join(", ");
    }

    table() {
      const others = this.others.map((c, i) => `${c.name} = ${c.labels[this.places[i + 2]]}`);
      this.details.querySelector("summary").replaceChildren(
        ...raised([this.data.summary, ...others].join(", ")),
      );
      [...this.details.querySelectorAll("tbody tr")].forEach((row, i) => {
        row.classList.toggle("now", i === this.places[0]);
        [...row.cells].slice(1).forEach((cell, j) => {
          cell.replaceChildren(...raised(this.rows[j][i].text()));
          cell.classList.toggle("now", i === this.places[0] && j === this.places[1]);
        });
      });
    }

    draw() {
      const width = Math.max(200, this.stage.clientWidth);
      const height = Math.round(Math.max(230, Math.min(350, 0.55 * width)));
      const inner = {
        width: width - COUNT_MARGIN.left - COUNT_MARGIN.right,
        height: height - COUNT_MARGIN.top - COUNT_MARGIN.bottom,
      };
      const curve = this.rows[this.places[1]].map((c) => c.power);
      const least = this.data.marks.length ? this.data.marks[0][1] + 1 : 1;
      const step = tickStep(Math.max(...curve, least), inner.height, 30);
      const top = Math.ceil(Math.max(...curve, least) / step) * step;
      const right = Math.max(...this.x);
      const x = (value) => COUNT_MARGIN.left + (value / right) * inner.width;
      const y = (value) => COUNT_MARGIN.top + (1 - value / top) * inner.height;
      this.svg.replaceChildren();
      this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      this.svg.setAttribute("aria-label", this.words());
      const box = shape(shape(this.svg, "clipPath", { id: this.clip }), "rect", inner);
      box.setAttribute("x", COUNT_MARGIN.left);
      box.setAttribute("y", COUNT_MARGIN.top);
      this.axes(inner, { x, y, top, right, step });
      this.curves(inner, { x, y, top });
    }

    words() {
      const chosen = this.data.controls.slice(1);
      const said = chosen.map((c, i) => `${c.name} ${spoken(c.labels[this.places[i + 1]])}`);
      return `${this.data.quantity} against ${this.across.name}, for ${said.join(", ")}`;
    }

    axes(inner, { x, y, top, right, step }) {
      const { left, top: above } = COUNT_MARGIN;
      const bottom = above + inner.height;
      for (const t of ticks(0, right, tickStep(right, inner.width, 44))) {
        const line = { class: t ? "grid" : "axis", x1: x(t), x2: x(t), y1: above, y2: bottom };
        shape(this.svg, "line", line);
        const text = { x: x(t), y: bottom + 17, "text-anchor": "middle" };
        shape(this.svg, "text", text).textContent = t;
      }
      for (const t of ticks(0, top, step)) {
        const line = { x1: left, x2: left + inner.width, y1: y(t), y2: y(t) };
        shape(this.svg, "line", { class: t ? "grid" : "axis", ...line });
        const text = { x: left - 7, y: y(t) + 5, "text-anchor": "end" };
        raisedText(this.svg, t ? `10^{${t}}` : "1", text);
      }
      const name = { x: left + inner.width, y: bottom + 36, "text-anchor": "end" };
      shape(this.svg, "text", name).textContent = this.across.name;
    }

    curves(inner, { x, y, top }) {
      const group = shape(this.svg, "g", { "clip-path": `url(#${this.clip})` });
      const corners = (row) => row.map((c, i) => `${x(this.x[i])},${y(c.power)}`).join(" ");
      for (const row of this.rows) {
        shape(group, "polyline", { class: "goal", points: corners(row) });
      }
      for (const mark of this.data.marks.filter(([, power]) => power <= top)) {
        this.mark(mark, inner, y(mark[1]));
      }
      const row = this.rows[this.places[1]];
      const dots = shape(this.svg, "g", {});
      shape(dots, "polyline", { class: "current", points: corners(row) });
      row.forEach((c, i) => {
        const chosen = i === this.places[0];
        const dot = { class: chosen ? "now" : "other", r: chosen ? 6 : 2.6 };
        shape(dots, "circle", { cx: x(this.x[i]), cy: y(c.power), ...dot });
      });
    }

    /* A growing curve leaves the upper left and the lower right free for words. */
    mark([name], inner, y) {
      const { left, top } = COUNT_MARGIN;
      const right = left + inner.width;
      shape(this.svg, "line", { class: "mark", x1: left, x2: right, y1: y, y2: y });
      const high = y - top < inner.height / 2;
      const side = high ? { x: left + 5 } : { x: right - 5, "text-anchor": "end" };
      const text = { class: "mark", ...side, y: y + (y - top < 18 ? 14 : -5) };
      shape(this.svg, "text", text).textContent = name;
    }
  }

  /* A step of 1, 2 or 5 times a power of ten that cuts the span in about `pieces`. */
  function niceStep(span, pieces) {
    const unit = 10 ** Math.floor(Math.log10(span / pieces));
    return unit * ([1, 2, 5].find((step) => step * unit * pieces >= span) ?? 10);
  }

  /* The sliders of a `CountPanel`, with one picture for each curve of the choice. */
  class CurvePanel extends CountPanel {
    build() {
      super.build();
      this.rows = [...this.details.querySelectorAll("tbody tr")];
      this.heads = [...this.details.querySelectorAll("th")].map((h) => h.textContent);
      this.stage.classList.add("rf-panel-curves");
      const pictures = this.data.titles.map(() => document.createElementNS(NS, "svg"));
      pictures.forEach((svg) => svg.setAttribute("role", "img"));
      this.stage.replaceChildren(...pictures);
    }

    show() {
      this.place = this.places[0] * this.family.labels.length + this.places[1];
      this.sliders.forEach(({ input, output }, i) => {
        input.value = this.places[i];
        output.textContent = this.data.controls[i].labels[this.places[i]];
        input.setAttribute("aria-valuetext", output.textContent);
      });
      const cells = [...this.rows[this.place].cells].map((cell) => cell.textContent);
      const words = this.heads.map((head, i) => `${head}: ${cells[i]}`);
      this.readout.replaceChildren(...words.slice(2).map((word) => element("span", {}, word)));
      this.rows.forEach((row, i) => row.classList.toggle("now", i === this.place));
      this.said = words.join(", ");
      this.draw();
    }

    draw() {
      const frame = this.data.frames[this.place];
      [...this.stage.children].forEach((svg, i) => {
        svg.setAttribute("aria-label", `${this.data.titles[i]}; ${this.said}`);
        this.picture(svg, this.data.titles[i], frame.curves[i], frame.goals[i]);
      });
    }

    picture(svg, title, curve, goal) {
      const { x, y } = this.scales(svg, title, this.data.x, [...curve, ...goal]);
      const points = (line) => line.map((v, i) => `${x(this.data.x[i])},${y(v)}`).join(" ");
      if (goal.length) shape(svg, "polyline", { class: "goal wide", points: points(goal) });
      shape(svg, "polyline", { class: "current", points: points(curve) });
    }

    /* Draw title and axes around some values; return the scales. */
    scales(svg, title, across, values) {
      const width = Math.max(200, svg.clientWidth);
      const height = Math.round(Math.max(170, Math.min(260, 0.62 * width)));
      const { left, right, bottom } = { ...MARGIN, left: 48 };
      const top = 24;
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const pad = 0.06 * (high - low) || 1;
      const [least, most] = [across[0], across[across.length - 1]];
      const room = { width: width - left - right, height: height - top - bottom };
      const x = (value) => left + ((value - least) / (most - least)) * room.width;
      const y = (value) =>
        top + ((high + pad - value) / (high - low + 2 * pad)) * room.height;
      svg.replaceChildren();
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      const foot = top + room.height;
      for (const t of ticks(least, most, niceStep(most - least, 4))) {
        const line = { class: "grid", x1: x(t), x2: x(t), y1: top, y2: foot };
        shape(svg, "line", line);
        const text = { x: x(t), y: foot + 17, "text-anchor": "middle" };
        shape(svg, "text", text).textContent = minus(Number(t.toPrecision(6)));
      }
      for (const t of ticks(low - pad, high + pad, niceStep(high - low, 4))) {
        const line = { class: t ? "grid" : "axis", x1: left, x2: width - right, y1: y(t), y2: y(t) };
        shape(svg, "line", line);
        const text = { x: left - 6, y: y(t) + 4, "text-anchor": "end" };
        shape(svg, "text", text).textContent = minus(Number(t.toPrecision(6)));
      }
      shape(svg, "text", { x: left, y: 14 }).textContent = title;
      return { x, y, top, foot };
    }
  }

  /* The sliders of a `CurvePanel`; every picture has the same lines, one for each model. */
  class LinePanel extends CurvePanel {
    build() {
      this.data.titles = this.data.pictures.map(
        (picture) => `${picture.title} against ${picture.across}`,
      );
      super.build();
      const keys = this.data.names.map((name) => this.key(name, `model ${name}`));
      keys.push(this.key(this.data.goal, "goal wide"));
      const legend = element("p", { class: "rf-panel-legend" });
      legend.append(...keys);
      this.stage.after(legend);
    }

    key(name, line) {
      const svg = document.createElementNS(NS, "svg");
      for (const [key, value] of [["width", 30], ["height", 10], ["aria-hidden", true]]) {
        svg.setAttribute(key, value);
      }
      shape(svg, "polyline", { class: line, points: "1,5 29,5" });
      return element("span", {}, svg, name);
    }

    draw() {
      const frame = this.data.frames[this.place];
      [...this.stage.children].forEach((svg, i) => {
        svg.setAttribute("aria-label", `${this.data.titles[i]}; ${this.said}`);
        this.lines(svg, i, frame.lines[i], frame.goals[i], frame.marks[i]);
      });
    }

    lines(svg, i, lines, goal, mark) {
      const across = this.data.pictures[i].x;
      const values = [...lines.flat(), ...goal];
      const { x, y, top, foot } = this.scales(svg, this.data.titles[i], across, values);
      const points = (line) => line.map((v, j) => `${x(across[j])},${y(v)}`).join(" ");
      if (goal.length) shape(svg, "polyline", { class: "goal wide", points: points(goal) });
      if (mark !== null) {
        shape(svg, "line", { class: "place", x1: x(mark), x2: x(mark), y1: top, y2: foot });
      }
      lines.forEach((line, j) => {
        shape(svg, "polyline", { class: `model ${this.data.names[j]}`, points: points(line) });
      });
    }
  }

  const KINDS = { count: CountPanel, curves: CurvePanel, lines: LinePanel };
  document.querySelectorAll("figure.rf-panel").forEach((figure) => {
    const { kind } = JSON.parse(figure.querySelector("script").textContent);
    return new (KINDS[kind] ?? Panel)(figure);
  });
})();
