/** The smallest organisation that works: a person at the top, a script that answers, one document tool. */

/** A name as packs write them: "My Shop 2" → "my-shop-2". */
export function packId(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return id === '' ? 'organisation' : id;
}

const ASSISTANT = `import type { Desk, Report } from '@reeve/workers';

/** What the assistant does with one message. Deterministic: no clock, no randomness, no input or output of its own. */
export default async function assistant(desk: Desk): Promise<Report> {
  const { message, case: work } = desk.briefing;
  if (!work || message.type !== 'assign') return { outcome: \`Nothing to do for a message of type \${message.type}.\` };
  const note = await desk.request({
    capability: 'documents.write',
    args: { path: \`notes/\${work.id}.md\`, content: \`# \${work.subject}\\n\\n\${work.text}\\n\` },
    why: 'The owner reads notes, not mail.',
  });
  const reason = note.status === 'done' ? \`Filed as notes/\${work.id}.md.\` : 'The note could not be filed.';
  await desk.escalate({ reason });
  return { outcome: reason };
}
`;

const readme = (id: string): string => `# ${id}

An organisation of two seats: you, and an assistant that files a note on every case and hands the case to you.

- \`pack.yaml\`: name and settings
- \`organisation/\`: units and seats; a seat's charter says what it may read, change and spend
- \`tools.yaml\`: tools and what they can do
- \`governance/\`: contracts (what must hold before and after), metrics and targets
- \`scripts/\`: what the seats do that are played by a script

1. \`reeve plan .\` checks the pack and shows what would change
2. \`reeve apply .\` puts it into force
3. \`reeve up\` starts the organisation
4. \`reeve import tickets.csv\` gives it work; \`reeve status\` and \`reeve inbox\` show what it makes of it
`;

const packYaml = (
  id: string,
): string => `# What this organisation is called and how it is set. Check every change with: reeve plan .
pack: ${id}
version: 1
name: ${id}

settings:
  currency: USD
  # Operations below "flag" proceed, up to "ask" they proceed and are flagged, above it they wait for you.
  tiers: { flag: $5.00, ask: $50.00 }
  # How soon a case of each priority must be closed.
  sla: { high: 4h, normal: 24h, low: 72h }
  # The seat that gets every new case.
  intake: assistant
  # What a seat may do the first time without asking you; everything else asks once per seat.
  earned: [documents.write]
`;

/** What does not depend on the name. */
const FILES: Readonly<Record<string, string>> = {
  'organisation/units.yaml': `units:
  - { id: company, title: Company, kind: company, purpose: "Say here what this organisation is for." }
`,
  'organisation/seats.yaml': `seats:
  # You. Exactly one seat has no supervisor: the top.
  - id: owner
    title: Owner
    unit: company
    cases: 500
    charter:
      purpose: "Decides what the others may not."
      tier: executor
      metrics: [cases-closed]
      evidence: "A reason on every decision."
      rights:
        - { capability: documents.write }
        - { capability: documents.read }
      stop: { steps: 200, time: 8h }
    occupant: { principal: you, kind: human, name: You }

  # A worker. Its script runs whenever something is in its inbox; an empty inbox costs nothing.
  - id: assistant
    title: Assistant
    unit: company
    supervisor: owner
    abilities: { skills: [notes] }
    cases: 100
    charter:
      purpose: "Notes what was asked and hands it to the owner."
      tier: executor
      metrics: [cases-closed]
      evidence: "The note that was filed."
      escalation: owner
      rights:
        # A right says what a seat may do, and when. Without one, nothing.
        - { capability: documents.write, when: 'args.path.startsWith("notes/")' }
      stop: { steps: 20, time: 5m, repeats: 3 }
    occupant: { principal: assistant-script, kind: script, script: scripts/assistant.ts }
`,
  'tools.yaml': `tools:
  - id: documents
    connector: documents
    title: Notes
    config: { root: notes }

capabilities:
  - id: documents.write
    tool: documents
    title: Write a note
    effect: reversible
    args: { path: string, content: string }
    settle: native-key
    config: { action: write }
  - id: documents.read
    tool: documents
    title: Read a note
    effect: read
    args: { path: string }
    settle: native-key
    config: { action: read }
`,
  'governance/contracts.yaml': `contracts:
  # What must hold before a note is written. Every capability that changes something needs a contract.
  - id: write-note
    capability: documents.write
    title: File a note
    resource: '"note/" + args.path'
    requires: [path, content]
    pre:
      - rule: not-empty
        that: args.content.size() > 0
        else: "The note is empty."
        instead: "Write what was asked."
    failure: { transient: retry, deterministic: escalate }
    escalate: owner
`,
  'governance/metrics.yaml': `metrics:
  - { id: cases-closed, title: Cases closed, unit: count, measure: { count: { event: case.closed } } }

targets:
  - id: close-ten
    metric: cases-closed
    unit: company
    owner: owner
    value: 10
    direction: at-least
    because: "Say here why the number matters."
`,
  'policy-tests/notes.yaml': `# Who may do what, as examples: reeve policy test . --mutate
scenarios:
  - id: note
    title: The assistant files a note
    seat: assistant
    capability: documents.write
    args: { path: notes/C-1.md, content: What was asked }
    expect: { verdict: allow, rules: [] }
    variants:
      - { id: elsewhere, args: { path: letters/1.md }, expect: { verdict: deny, rules: [GOV2] } }
      - id: empty
        args: { content: "" }
        expect: { verdict: deny, rules: [write-note/not-empty, write-note/requires] }
      - { id: no-path, seat: owner, args: { path: "" }, expect: { verdict: deny, rules: [write-note/requires] } }
      - { id: unsure, confidence: 0.5, expect: { verdict: ask, rules: [confidence] } }
`,
  'scripts/assistant.ts': ASSISTANT,
};

/** Path → content. */
export const blankPack = (id: string): Readonly<Record<string, string>> => ({
  ...FILES,
  'pack.yaml': packYaml(id),
  'README.md': readme(id),
});
