'use strict';
// A diff's text as rows of a table.
const diffs = (() => {
  const make = (tag, name, text) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const parse = (text) => {
    let [before, after] = [0, 0];
    const lines = [];
    for (const line of text.split('\n')) {
      const head = /^@@ -(\d+),\d+ \+(\d+),\d+ @@$/.exec(line);
      const [sign, code] = [line[0], line.slice(1)];
      if (head) {
        [before, after] = [Number(head[1]), Number(head[2])];
        lines.push({ kind: 'head', code: line });
      } else if (sign === '+') lines.push({ kind: 'add', code, after: after++ });
      else if (sign === '-') lines.push({ kind: 'del', code, before: before++ });
      else if (sign === ' ') lines.push({ kind: 'both', code, before: before++, after: after++ });
      else if (sign) lines.push({ kind: 'head', code: line.slice(2) });
    }
    return lines;
  };

  // Runs of lines that are gone and lines that came instead, side by side.
  const pairs = (lines) => {
    const rows = [];
    for (let at = 0; at < lines.length;) {
      const { kind } = lines[at];
      if (kind !== 'add' && kind !== 'del') { rows.push({ both: lines[at++] }); continue; }
      const [gone, come] = [[], []];
      for (; lines[at] && (lines[at].kind === 'add' || lines[at].kind === 'del'); at++) {
        (lines[at].kind === 'del' ? gone : come).push(lines[at]);
      }
      for (let place = 0; place < Math.max(gone.length, come.length); place++) {
        if (gone[place] && come[place]) contrast(gone[place], come[place]);
        rows.push({ gone: gone[place], come: come[place], first: place === 0 });
      }
    }
    return rows;
  };

  // What differs within two lines: all between a common beginning and a common end, in whole characters.
  const contrast = (gone, come) => {
    const [old, now] = [[...gone.code], [...come.code]];
    const least = Math.min(old.length, now.length);
    let start = 0;
    while (start < least && old[start] === now[start]) start++;
    let end = 0;
    while (end < least - start && old.at(-1 - end) === now.at(-1 - end)) end++;
    const indent = old.findIndex((c) => c !== ' ');
    if (start + end <= Math.max(indent, 0) + least / 4) return;
    for (const [line, text] of [[gone, old], [come, now]]) {
      line.marks = [text.slice(0, start).join(''), text.slice(start, text.length - end).join(''), text.slice(text.length - end).join('')];
    }
  };

  const cells = (line, side, sign) => {
    const name = line.kind === 'both' ? '' : ` ${line.kind}`;
    const numbers = (side ? [side] : ['before', 'after']).map((which) => {
      const cell = make('td', `number${name}`);
      if (line[which] !== undefined) cell.dataset.number = line[which];
      return cell;
    });
    const code = make('td', `code${name}`);
    if (line.marks) code.append(line.marks[0], make('mark', '', line.marks[1]), line.marks[2]);
    else code.textContent = line.code;
    return [...numbers, ...(sign ? [make('td', `sign${name}`, { add: '+', del: '−', both: '' }[line.kind])] : []), code];
  };
  const row = (parts, first) => {
    const element = make('tr', first ? 'run' : '');
    element.append(...parts);
    return element;
  };
  const wide = (line, columns) => {
    const cell = make('td', '', line.code);
    cell.colSpan = columns;
    const element = row([cell]);
    element.className = 'head';
    return element;
  };
  const none = () => [make('td', 'number none'), make('td', 'sign none'), make('td', 'code none')];

  const splitRows = (lines) => pairs(lines).map(({ both, gone, come, first }) => {
    if (both && both.kind === 'head') return wide(both, 6);
    const side = (line, which) => (line ? cells(line, which, true) : none());
    return row([...side(both || gone, 'before'), ...side(both || come, 'after')], first);
  });
  const unifiedRows = (lines) => {
    pairs(lines);
    return lines.map((line, place) => {
      if (line.kind === 'head') return wide(line, 4);
      const changed = line.kind !== 'both';
      const before = lines[place - 1];
      return row(cells(line, null, true), changed && !(before && (before.kind === 'add' || before.kind === 'del')));
    });
  };

  // A table for a diff's text, and the rows beyond the first `most`.
  const table = (text, view, most) => {
    const rows = (view === 'split' ? splitRows : unifiedRows)(parse(text));
    const element = make('table', `rows ${view}`);
    // With a fixed layout, columns say how wide they are.
    const columns = make('colgroup');
    const widths = view === 'split' ? ['number', 'sign', '', 'number', 'sign', ''] : ['number', 'number', 'sign', ''];
    columns.append(...widths.map((name) => make('col', name)));
    const body = make('tbody');
    body.append(...rows.splice(0, most));
    element.append(columns, body);
    return { element, body, more: rows };
  };

  return { make, table };
})();
