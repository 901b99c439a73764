/** What a program wrote, as a terminal would show it. Nothing can be typed, and nothing it wrote can do anything [WEB76]. */
import { Terminal as Xterm } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef } from 'react';
import { terminalText } from '../model/terminal.ts';
import { lawful } from './terminal-document.ts';

interface Props {
  readonly label: string;
  /** Pieces of what was written; `first` is the number of the first one. */
  readonly pieces: readonly string[];
  readonly first: number;
}

const LINES = 24;
const LINE = 12;

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--c-${name}`);
const theme = () => ({ background: colour('sunken'), foreground: colour('ink'), cursor: colour('sunken') });

/** Columns of text that fit into so many pixels. */
function columnsIn(width: number, family: string): number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return 80;
  context.font = `${LINE}px ${family}`;
  return Math.max(20, Math.floor((width - 24) / (context.measureText('m'.repeat(50)).width / 50)));
}

function open(place: HTMLElement): Xterm {
  const family = getComputedStyle(place).fontFamily;
  const terminal = new Xterm({
    ...{
      rows: LINES,
      cols: columnsIn(place.clientWidth, family),
      scrollback: 5000,
      fontSize: LINE,
      fontFamily: family,
    },
    ...{ convertEol: true, disableStdin: true, cursorInactiveStyle: 'none', cursorBlink: false, logLevel: 'off' },
    ...{ minimumContrastRatio: 4.5, linkHandler: { activate: () => undefined }, theme: theme() },
  });
  terminal.open(place);
  return terminal;
}

export default function Terminal({ label, pieces, first }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const terminal = useRef<Xterm | null>(null);
  const write = useRef(terminalText());
  const next = useRef(0);
  useEffect(() => {
    const at = place.current!;
    const free = lawful(document);
    const made = open(at);
    terminal.current = made;
    [next.current, write.current] = [0, terminalText()];
    const family = getComputedStyle(at).fontFamily;
    const sized = new ResizeObserver(() => made.resize(columnsIn(at.clientWidth, family), LINES));
    const dressed = new MutationObserver(() => {
      made.options.theme = theme();
    });
    sized.observe(at);
    dressed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      sized.disconnect();
      dressed.disconnect();
      made.dispose();
      free();
    };
  }, []);
  useEffect(() => {
    const from = Math.max(next.current, first);
    for (const piece of pieces.slice(from - first)) terminal.current?.write(write.current(piece));
    next.current = first + pieces.length;
  }, [pieces, first]);
  return <div ref={place} role="log" aria-label={label} className="overflow-hidden bg-sunken p-2 font-mono" />;
}
