(() => {
  const root = document.documentElement;
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  // More rows are built only when somebody asks for them.
  const MOST_ROWS = 3000;
  const content = one('#content');
  const filter = one('#filter');
  const help = one('#help');
  const objects = all('article.object');
  const links = new Map(all('nav li a').map((link) => [link.hash.slice(1), link]));
  let current = -1;
  let here = null;

  // ---- what is remembered, where a browser allows it
  const remembered = () => {
    try { return JSON.parse(localStorage.getItem('crustomize-diff')) || {}; } catch { return {}; }
  };
  const remember = (what) => {
    try { localStorage.setItem('crustomize-diff', JSON.stringify({ ...remembered(), ...what })); } catch { /* then not */ }
  };

  const build = (object) => {
    const box = one('.lines', object);
    const view = root.dataset.view === 'split' ? 'split' : 'unified';
    if (!box || box.dataset.built === view) return;
    box.dataset.built = view;
    const source = one('pre.diff', box);
    const { element, body, more } = diffs.table(source.textContent, view, MOST_ROWS);
    all('.rows, .more', box).forEach((old) => old.remove());
    source.hidden = true;
    box.append(element);
    if (more.length > 0) {
      const button = diffs.make('button', 'more', `Show ${more.length} more lines`);
      button.type = 'button';
      button.addEventListener('click', () => { body.append(...more); button.remove(); });
      box.append(button);
    }
  };

  const near = new Set();
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) { near.add(target); build(target); } else near.delete(target);
    }
  }, { rootMargin: '1000px' });
  for (const object of objects) {
    object.style.containIntrinsicSize = `auto ${70 + 18 * Math.min(Number(object.dataset.lines), MOST_ROWS)}px`;
    watcher.observe(object);
  }

  // ---- where one is
  const open = (element) => {
    for (let outer = element.parentElement; outer; outer = outer.parentElement) {
      if (outer.tagName === 'DETAILS') outer.open = true;
    }
  };
  const mark = (change) => {
    if (here) here.classList.remove('here');
    here = change;
    if (here) here.classList.add('here');
  };
  const select = (place, scroll = true) => {
    const object = objects[place];
    if (!object) return;
    if (objects[current]) {
      objects[current].classList.remove('current');
      links.get(objects[current].id)?.removeAttribute('aria-current');
    }
    current = place;
    mark(null);
    open(object);
    build(object);
    object.classList.add('current');
    const link = links.get(object.id);
    if (link) {
      open(link);
      link.setAttribute('aria-current', 'true');
      link.scrollIntoView({ block: 'nearest' });
    }
    history.replaceState(null, '', `#${object.id}`);
    if (scroll) {
      object.focus({ preventScroll: true });
      object.scrollIntoView({ block: 'start' });
    }
  };
  const step = (by) => {
    let place = current < 0 && by < 0 ? objects.length : current;
    do place += by; while (objects[place] && objects[place].hidden);
    if (objects[place]) select(place);
    return Boolean(objects[place]);
  };

  const changes = (object) => {
    build(object);
    const inFields = root.dataset.view === 'fields' || !one('.lines', object);
    const found = inFields ? all('.fields li', object) : [];
    const rows = found.length > 0 ? found : all('.rows .run', object);
    return rows.length > 0 ? rows : [object];
  };
  const stepChange = (by) => {
    if (current < 0 && !step(by)) return;
    const list = changes(objects[current]);
    const next = here ? list.indexOf(here) + by : (by > 0 ? 0 : -1);
    if (!list[next]) {
      if (!step(by)) return;
      const others = changes(objects[current]);
      mark(others.at(by > 0 ? 0 : -1));
    } else mark(list[next]);
    here.scrollIntoView({ block: 'center' });
  };

  // ---- what is shown
  const words = new Map(objects.map((object) => {
    const header = one('header', object).textContent;
    return [object, `${header} ${object.dataset.change} ${object.dataset.noise ? 'noise' : ''}`.toLowerCase()];
  }));
  const holds = (object, word) => {
    if (!word.startsWith('field:')) return words.get(object).includes(word);
    const fields = one('.fields', object);
    return fields !== null && fields.textContent.toLowerCase().includes(word.slice(6));
  };
  const apply = () => {
    const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const off = new Set(all('.switches [aria-pressed="false"]').map((button) => button.dataset.change));
    let shown = 0;
    for (const object of objects) {
      const isOn = !off.has(object.dataset.noise ? 'noise' : object.dataset.change);
      const fits = (word) => (word.length > 1 && word[0] === '-' ? !holds(object, word.slice(1)) : holds(object, word));
      object.hidden = !(isOn && wanted.every(fits));
      const link = links.get(object.id);
      if (link) link.parentElement.hidden = object.hidden;
      shown += object.hidden ? 0 : 1;
    }
    for (const box of all('section.unit, .together > details')) box.hidden = !one('.object:not([hidden])', box);
    for (const box of all('nav details')) box.hidden = !one('li:not([hidden])', box);
    one('#status').textContent = shown === objects.length ? '' : `${shown} of ${objects.length} objects`;
    if (objects[current]?.hidden) mark(null);
  };
  let waiting = 0;
  filter.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(apply, 80); });

  const press = (buttons, pressed) => buttons.forEach((button) => button.setAttribute('aria-pressed', String(button === pressed)));
  const views = all('.views button');
  const show = (view) => {
    root.dataset.view = view;
    press(views, views.find((button) => button.dataset.view === view));
    mark(null);
    near.forEach(build);
    if (current >= 0) select(current);
  };
  views.forEach((button) => button.addEventListener('click', () => { show(button.dataset.view); remember({ view: button.dataset.view }); }));
  for (const button of all('.switches button')) {
    button.addEventListener('click', () => {
      button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
      apply();
    });
  }
  const switchTheme = () => {
    const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = isDark ? 'light' : 'dark';
    remember({ theme: root.dataset.theme });
  };
  one('#theme').addEventListener('click', switchTheme);
  one('#ask').addEventListener('click', () => help.showModal());

  // ---- keys
  const keys = {
    j: () => step(1),
    k: () => step(-1),
    n: () => stepChange(1),
    p: () => stepChange(-1),
    u: () => views[0].click(),
    s: () => views[1].click(),
    f: () => views[2].click(),
    t: switchTheme,
    '/': () => { filter.focus(); filter.select(); },
    '?': () => help.showModal(),
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target === filter) {
      if (event.key === 'Escape') { filter.value = ''; apply(); content.focus(); }
      if (event.key === 'Enter') { apply(); content.focus(); current = -1; step(1); }
      return;
    }
    if (Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  const follow = () => {
    const place = objects.findIndex((object) => `#${object.id}` === location.hash);
    if (place >= 0) select(place);
  };
  window.addEventListener('hashchange', follow);
  one('#tree').addEventListener('click', (event) => {
    // A second click on the same entry changes no hash.
    const link = event.target.closest('li a');
    if (link && link.hash === location.hash) follow();
  });

  root.classList.add('script');
  const { view, theme } = remembered();
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  if (views.some((button) => button.dataset.view === view)) show(view);
  follow();
})();
