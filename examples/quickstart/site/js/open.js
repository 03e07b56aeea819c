// Says whether the bakery is open. Without it the page is complete as well.
(() => {
  const hours = { 2: [7, 13], 3: [7, 13], 4: [7, 18], 5: [7, 18], 6: [8, 14] };
  const names = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

  const now = new Date();
  const day = now.getDay();
  const hour = now.getHours() + now.getMinutes() / 60;
  const [from, to] = hours[day] ?? [];
  const open = hour >= from && hour < to;

  // next is how many days from now the door opens again.
  let next = hour < from ? 0 : 1;
  while (!hours[(day + next) % 7]) next++;
  const there = (day + next) % 7;
  const when = ["today", "tomorrow"][next] ?? `on ${names[there]}`;

  for (const line of document.querySelectorAll("[data-open]")) {
    line.textContent = open
      ? `Open now, until ${to}:00`
      : `Closed now. We open ${when} at ${hours[there][0]}:00.`;
    line.classList.toggle("now", open);
    line.hidden = false;
  }
  document.querySelector(`tr[data-day="${day}"]`)?.classList.add("today");
})();
