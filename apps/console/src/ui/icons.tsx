/** Icons, drawn for this console on a grid of 16. */
const PATHS = {
  today: 'M2.5 6.5h11M4 2v2.5M12 2v2.5M2.5 4.5h11v9h-11zM5.5 10l1.7 1.7L11 8.5',
  approvals: 'M8 1.8l5.2 2v4.1c0 3.2-2.2 5.3-5.2 6.3-3-1-5.2-3.100-5.2-6.300V3.800zM5.700 8l1.700 1.700L10.500 6.500',
  cases: 'M2 4.500h12v9H2zM5.500 4.500V3h5v1.500M2 8.500h12M8 7.500v2',
  organisation: 'M6 2h4v3H6zM2 11h4v3H2zM10 11h4v3h-4zM8 5v3M4 11V8h8v3',
  ledger: 'M3.500 2h8a1 1 0 011 1v11h-8a1 1 0 01-1-1zM3.500 12a1 1 0 011-1h8M6 5h4M6 7.500h4',
  money:
    'M8 2v12M11 4.500C10.500 3.700 9.500 3.300 8 3.300c-2 0-3 .900-3 2.200 0 3 6.200 1.500 6.200 4.700 0 1.400-1.200 2.400-3.200 2.400-1.600 0-2.800-.500-3.300-1.500',
  policies:
    'M8 2v12M4 14h8M3 4.500h10M3 4.500L1.300 9h3.400zM13 4.500L11.300 9h3.400zM1.300 9a1.700 1.700 0 003.400 0M11.300 9a1.700 1.700 0 003.400 0',
  workers: 'M4 5h8v7H4zM8 5V2.500M6.500 8v1M9.500 8v1M2 7.500v2.500M14 7.500v2.500M6 14h4',
  settings: 'M2 4.500h7M12 4.500h2M2 11.500h2M7 11.500h7M10.500 3v3M5.500 10v3',
  incidents: 'M8 2.200l6.200 11.300H1.800zM8 6.500v3.200M8 11.500v.300',
  health: 'M1.500 8h3l1.500-4 3 8 1.500-4h4',
  search: 'M7 12A5 5 0 107 2a5 5 0 000 10zM10.700 10.700L14 14',
  lanes: 'M3 2v12M13 2v12M8 2v2.500M8 6.800v2.500M8 11.500V14',
  knowledge:
    'M8 4.500C6.500 3.300 4.500 3 2 3v9.500c2.500 0 4.500.300 6 1.500 1.500-1.200 3.500-1.500 6-1.500V3c-2.500 0-4.500.300-6 1.500zM8 4.500V14',
  goals: 'M8 14A6 6 0 108 2a6 6 0 000 12zM8 11a3 3 0 100-6 3 3 0 000 6zM8 8h.010',
  leaf: 'M3 13c0-6 3-10 10-10 0 7-4 10-8 10M3 13l5-5',
  check: 'M3 8.500l3.200 3.200L13 5',
  cross: 'M4 4l8 8M12 4l-8 8',
  back: 'M13 8H3M7 4L3 8l4 4',
  stop: 'M5.500 2h5L14 5.500v5L10.500 14h-5L2 10.500v-5zM8 5v3.500M8 10.700v.300',
  play: 'M5 3l8 5-8 5z',
  pause: 'M5 3v10M11 3v10',
  sun: 'M8 11a3 3 0 100-6 3 3 0 000 6zM8 1.500v1.500M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1',
  moon: 'M13 9.500A5.500 5.500 0 016.500 3 5.500 5.500 0 1013 9.500z',
  system: 'M2 3h12v8H2zM5.500 14h5M8 11v3',
  person:
    'M8 8a2.700 2.700 0 100-5.400A2.700 2.700 0 008 8zM2.800 13.800c.500-2.600 2.500-4 5.200-4s4.700 1.400 5.200 4',
  script: 'M5.500 4.500L2 8l3.500 3.500M10.500 4.500L14 8l-3.500 3.500',
  more: 'M3.500 8h.010M8 8h.010M12.500 8h.010',
  unfold: 'M6 3.500L10.500 8 6 12.500',
  down: 'M8 2.500v8M4.500 7.500L8 11l3.500-3.500M3 13.500h10',
  list: 'M5.500 4H14M5.500 8H14M5.500 12H14M2.300 4h.010M2.300 8h.010M2.300 12h.010',
  board: 'M2 3h3.500v10H2zM6.500 3H10v7H6.500zM11 3h3v5h-3z',
  clock: 'M8 14A6 6 0 108 2a6 6 0 000 12zM8 4.500V8l2.500 1.500',
  question:
    'M8 14A6 6 0 108 2a6 6 0 000 12zM6.200 6.200c.200-1.100 1-1.600 1.900-1.600 1 0 1.800.700 1.800 1.600 0 1.300-1.900 1.500-1.900 2.900M8 11.200v.100',
  link: 'M6.500 9.500l3-3M7 4.500l1.300-1.300a2.600 2.600 0 013.700 3.700L10.500 8.500M9 11.500l-1.300 1.300A2.600 2.600 0 014 9.100l1.500-1.600',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name, size = 16 }: { name: IconName; size?: number }) => (
  <svg
    aria-hidden
    width={size}
    height={size}
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth={name === 'more' ? 2.4 : 1.35}
    strokeLinecap="round"
    strokeLinejoin="round"
    className="shrink-0"
  >
    <path d={PATHS[name]} />
  </svg>
);

/** The mark: a tally, the split stick on which reeves kept accounts; both halves must match. */
export const Mark = ({ size = 22 }: { size?: number }) => (
  <svg aria-hidden width={size} height={size} viewBox="0 0 32 32" className="shrink-0">
    <rect width="32" height="32" rx="7" className="fill-accent" />
    <path d="M8 9h16v14H8z" className="fill-on-accent" />
    <path d="M11 9v5M15 9v8M19 9v5M23 9v8" className="stroke-accent" strokeWidth="1.8" />
    <path d="M8 19.200h16" className="stroke-accent" strokeWidth="1.400" strokeDasharray="2 1.400" />
  </svg>
);
