#!/usr/bin/env -S node --max-semi-space-size=64
// `reeve …`: see `reeve --help`. Everything else is in apps/cli/src/main.ts.
import { checkNode, demandInstallation, run } from './launch.js';

checkNode();
demandInstallation();
run('apps/cli/src/main.ts');
