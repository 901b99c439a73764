#!/usr/bin/env node
// `reeve …`: see `reeve --help`. Everything else is in apps/cli/src/main.ts.
import { checkNode, demandInstallation, run } from './launch.js';

checkNode();
demandInstallation();
run('apps/cli/src/main.ts');
