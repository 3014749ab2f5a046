// Copy buttons. The page works without this file: the buttons are hidden until it runs.
"use strict";

async function markdown(button) {
  const answer = await fetch(button.dataset.fetch);
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.text();
}

// Without a secure context there is no clipboard, but a selected text can still be copied.
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("the browser refused");
}

for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = !navigator.share;
  button.addEventListener("click", () => {
    navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(() => {});
  });
}

for (const box of document.querySelectorAll(".copy")) {
  const told = box.querySelector("[role=status]");
  for (const button of box.querySelectorAll("[data-what]")) {
    button.addEventListener("click", async () => {
      try {
        await copy(button.dataset.text ?? (await markdown(button)));
        told.textContent = `${button.dataset.what} copied.`;
      } catch (error) {
        told.textContent = `Not copied: ${error.message}.`;
      }
    });
  }
  box.hidden = false;
}
