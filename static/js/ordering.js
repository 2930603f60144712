// Dragging destinations to their place. Without this file the buttons do the same, one step at a time.
(() => {
  "use strict";

  let dragged = null;
  let before = "";

  const order = (list) => [...list.children].map((item) => item.id).join();

  const showHandles = () => {
    document.querySelectorAll(".ordering .handle").forEach((handle) => { handle.hidden = false; });
  };

  // The item moves past a neighbour when the pointer passes the neighbour's middle.
  const follow = (y) => {
    const list = dragged.parentElement;
    const next = [...list.children].find((item) => {
      if (item === dragged) return false;
      const box = item.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    if (next !== dragged.nextElementSibling) list.insertBefore(dragged, next || null);
    [...list.querySelectorAll(".position")].forEach((position, index) => { position.textContent = index + 1; });
  };

  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".ordering .handle");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    dragged = handle.closest("li");
    before = order(dragged.parentElement);
    dragged.classList.add("dragged");
    handle.setPointerCapture(event.pointerId);
  });

  document.addEventListener("pointermove", (event) => {
    if (dragged) follow(event.clientY);
  });

  const drop = () => {
    if (!dragged) return;
    const list = dragged.parentElement;
    dragged.classList.remove("dragged");
    dragged = null;
    if (order(list) === before) return;
    const save = document.getElementById("save-order");
    save.form.requestSubmit(save);
  };
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);

  // A button that can do nothing more stays where the focus is, and does nothing.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[aria-disabled=true]")) event.preventDefault();
  });

  // After a change the focus stays on the button that was pressed; if it is gone, on the list's title.
  document.addEventListener("htmx:afterSettle", (event) => {
    showHandles();
    const title = document.getElementById("choices");
    if (title && event.detail.target.id === "picker" && document.activeElement === document.body) title.focus();
  });

  showHandles();
})();
