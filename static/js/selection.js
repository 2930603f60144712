// Says how many rows are ticked, and ticks them all. Without it the form works the same, with no count.
for (const form of document.querySelectorAll("form[data-selection]")) {
  const boxes = [...form.querySelectorAll("input[name=application]")];
  const all = form.querySelector("[data-selection-all]");
  const allBox = all.querySelector("input");
  const count = form.querySelector("[data-selection-count]");

  function refresh() {
    const ticked = boxes.filter((box) => box.checked).length;
    const { none, one, many } = count.dataset;
    count.textContent = ticked === 0 ? none : ticked === 1 ? one : many.replace("#", ticked);
    allBox.checked = ticked === boxes.length;
    allBox.indeterminate = ticked > 0 && ticked < boxes.length;
  }

  all.hidden = false;
  count.setAttribute("aria-live", "polite");
  allBox.addEventListener("change", () => {
    for (const box of boxes) box.checked = allBox.checked;
    refresh();
  });
  form.addEventListener("change", refresh);
  refresh();
}
