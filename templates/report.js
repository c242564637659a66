(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  form.hidden = false;
  const field = (id) => document.getElementById(id);
  const items = Array.from(document.querySelectorAll("#findings .group .f"), (element) => ({ element, text: undefined }));
  const groups = Array.from(document.querySelectorAll("#findings .group"));
  const apply = () => {
    const words = field("q").value.toLowerCase().split(/\s+/).filter(Boolean);
    const severity = field("sev").value;
    const kind = field("kind").value;
    const cluster = field("cluster") ? field("cluster").value : "";
    let shown = 0;
    for (const item of items) {
      const { dataset } = item.element;
      let fits = (!severity || dataset.s === severity) && (!kind || dataset.k === kind) && (!cluster || dataset.c === cluster);
      if (fits && words.length > 0) {
        if (item.text === undefined) item.text = item.element.textContent.toLowerCase();
        fits = words.every((word) => item.text.includes(word));
      }
      item.element.classList.toggle("hide", !fits);
      if (fits) shown += 1;
    }
    for (const group of groups) group.classList.toggle("hide", !group.querySelector(".f:not(.hide)"));
    field("shown").value = shown === items.length ? `${items.length} findings` : `${shown} of ${items.length} findings`;
  };
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 80);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.classList.contains("hide")) {
      form.reset();
      apply();
      target.scrollIntoView();
    }
  });
  apply();
})();
