import { createHash } from 'node:crypto';
import type { Definition, ResourceKind } from '@reeve/kernel';
import { definitionDigest } from '@reeve/kernel';
import { type Assembled, assemble, type Sited } from './assemble.ts';
import { type Connectors, checkCapabilities } from './checks/capabilities.ts';
import { checkConfigs } from './checks/configs.ts';
import { checkContexts } from './checks/contexts.ts';
import { checkContracts } from './checks/contracts.ts';
import { checkControls } from './checks/controls.ts';
import { checkFlows } from './checks/flows.ts';
import { checkLanes } from './checks/lanes.ts';
import { lint } from './checks/lint.ts';
import { checkModels } from './checks/models.ts';
import { checkMoney } from './checks/money.ts';
import { checkNotices } from './checks/notices.ts';
import { checkOrganisation } from './checks/organisation.ts';
import { checkProvenance } from './checks/provenance.ts';
import { checkRights } from './checks/rights.ts';
import { checkRouting } from './checks/routing.ts';
import { checkRules } from './checks/rules.ts';
import { deriveCapabilities } from './derive.ts';
import type { Draft, Finding, Findings, Place } from './draft.ts';
import { decodeText, findFiles, openFolder, readBytes } from './files.ts';
import { formatPath, type Path, type Problem, sortProblems } from './problem.ts';
import { type Position, parseSource, positionOf, type SourceFile } from './source.ts';

export interface LoadOptions {
  /** Connectors by id; their schemas check every `config`. */
  readonly connectors: Connectors;
  /** Kinds of events that metrics may count; without it only their shape is checked. */
  readonly eventKinds?: Iterable<string>;
}

/** A pack that was loaded without a mistake. */
export interface LoadedPack {
  readonly id: string;
  readonly version: number;
  /** Absolute path of the folder, links resolved. */
  readonly dir: string;
  readonly definition: Definition;
  /** Digest of the definition, which holds the digests of all scripts: the same pack gives the same digest on any machine. */
  readonly digest: string;
  /** Path of each script → SHA-256 of its bytes. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Where a resource, or a field of it, is written; undefined when there is no such resource. */
  readonly locate: (kind: ResourceKind, id: string, path?: Path) => Position | undefined;
}

export type LoadResult =
  | { readonly ok: true; readonly pack: LoadedPack; readonly warnings: Problem[] }
  | { readonly ok: false; readonly problems: Problem[]; readonly warnings: Problem[] };

/** Read and check the pack in a folder. Collects every mistake; never throws for what the folder holds. */
export async function loadPack(dir: string, options: LoadOptions): Promise<LoadResult> {
  const folder = await openFolder(dir);
  if ('problem' in folder) return { ok: false, problems: [folder.problem], warnings: [] };
  const read = await readFolder(folder.root);
  const assembled = assemble(read);
  await deriveCapabilities(assembled, folder.root, options.connectors);
  const { draft } = assembled;
  const eventKinds = options.eventKinds && new Set(options.eventKinds);
  const findings = [...runChecks(draft, { connectors: options.connectors, eventKinds })];
  const located = (warning: boolean) =>
    findings.filter((each) => (each.warning ?? false) === warning).map((each) => toProblem(assembled, each));
  const problems = [...assembled.problems, ...checkConfigs(assembled, options.connectors), ...located(false)];
  const warnings = sortProblems(located(true));
  if (problems.length > 0 || !assembled.header) return { ok: false, problems: sortProblems(problems), warnings };
  return { ok: true, pack: finish(folder.root, assembled, assembled.header, read.scripts), warnings };
}

/** What was found in a pack's folder. */
interface ReadFolder {
  readonly sources: SourceFile[];
  /** Texts that are not valid YAML. */
  readonly unread: string[];
  readonly scripts: Record<string, string>;
  readonly problems: Problem[];
}

async function readFolder(root: string): Promise<ReadFolder> {
  const found = await findFiles(root);
  const read: ReadFolder = { sources: [], unread: [], scripts: {}, problems: [...found.problems] };
  for (const file of found.yaml) await readYaml(root, file, read);
  for (const file of found.scripts) {
    const content = await readBytes(root, file);
    if ('problem' in content) read.problems.push(content.problem);
    else read.scripts[file] = createHash('sha256').update(content.bytes).digest('hex');
  }
  return read;
}

async function readYaml(root: string, file: string, read: ReadFolder): Promise<void> {
  const content = await readBytes(root, file);
  if ('problem' in content) return void read.problems.push(content.problem);
  const decoded = decodeText(file, content.bytes);
  if ('problem' in decoded) return void read.problems.push(decoded.problem);
  const parsed = parseSource(file, decoded.text);
  if ('source' in parsed) return void read.sources.push(parsed.source);
  read.problems.push(...parsed.problems);
  read.unread.push(decoded.text);
}

interface CheckOptions {
  readonly connectors: Connectors;
  readonly eventKinds: ReadonlySet<string> | undefined;
}

function* runChecks(draft: Draft, options: CheckOptions): Findings {
  yield* checkOrganisation(draft);
  yield* checkCapabilities(draft, options.connectors);
  yield* checkProvenance(draft);
  yield* checkRights(draft);
  yield* checkContracts(draft);
  yield* checkFlows(draft);
  yield* checkLanes(draft);
  yield* checkRules(draft, options.eventKinds);
  yield* checkMoney(draft, options.eventKinds);
  yield* checkControls(draft);
  yield* checkRouting(draft);
  yield* checkModels(draft);
  yield* checkContexts(draft);
  yield* checkNotices(draft);
  yield* lint(draft);
}

function toProblem(assembled: Assembled, finding: Finding): Problem {
  const { at, rule, message, hint } = finding;
  const detail = { rule, message, ...(hint === undefined ? {} : { hint }) };
  const sited = siteOf(assembled, at);
  if (!sited) return { file: 'pack.yaml', ...detail };
  const name = at.kind === 'settings' ? 'settings' : `${at.kind}[${at.id}]`;
  const tail = formatPath(at.path);
  const field = tail === '' || tail.startsWith('[') ? name + tail : `${name}.${tail}`;
  return { ...positionOf(sited.source, [...sited.base, ...at.path]), field, ...detail };
}

function siteOf(assembled: Assembled, place: Place): Sited | undefined {
  if (place.kind === 'pack') return undefined;
  if (place.kind !== 'settings') return assembled.sites[place.kind].get(place.id);
  return assembled.head && { source: assembled.head, base: ['settings'] };
}

function finish(
  dir: string,
  assembled: Assembled,
  header: { id: string; version: number },
  scripts: Record<string, string>,
): LoadedPack {
  const definition = { ...assembled.draft.definition, scripts };
  return {
    ...header,
    dir,
    definition,
    digest: definitionDigest(definition),
    scripts,
    locate: (kind, id, path = []) => {
      const sited = assembled.sites[kind].get(id);
      return sited && positionOf(sited.source, [...sited.base, ...path]);
    },
  };
}
