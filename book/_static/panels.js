/* Interactive figures. Every `figure.rf-panel` carries its numbers as JSON and, for
   readers without scripts, a picture and a table of all its frames. The script puts a
   slider with one drawn frame in place of the picture. Nothing is loaded. */
"use strict";

(() => {
  const NS = "http://www.w3.org/2000/svg";
  const MARGIN = { top: 8, right: 10, bottom: 26, left: 34 };
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

  document.querySelectorAll("figure.rf-panel").forEach((figure) => new Panel(figure));
})();
