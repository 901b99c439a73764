/** The kernel and the tools without a runtime: one request after another, each settled before the next. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONNECTORS, openTools, ToolError } from '@reeve/connectors';
import {
  type CommandKind,
  compileValue,
  createState,
  type Definition,
  EVOLVE,
  getOperation,
  jobOf,
  type Operation,
  step,
} from '@reeve/kernel';
import { loadPack } from '@reeve/packs';
import type { Database, Patch } from './data.ts';

export const PACK = fileURLToPath(new URL('..', import.meta.url));

export async function definitionOf(): Promise<Definition> {
  const loaded = await loadPack(PACK, { connectors: CONNECTORS, eventKinds: EVOLVE.keys() });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems, null, 2));
  return loaded.pack.definition;
}
