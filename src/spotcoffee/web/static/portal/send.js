const form = document.querySelector("form[data-send]");
const { success, letIn, refused } = form.dataset;
// Equipment that answers with data: read it here, lest the guest sees it. Where that may not be, he does.
if (success)
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "omit" })
    .then((answer) => answer.text())
    .then((text) => location.replace(text.includes(success) ? letIn : refused))
    .catch(() => form.submit());
else form.submit();
