/**
 * Packs the package for Node-RED, installs it with a plain `npm install` into fresh user folders, and looks what Node-RED makes of it: the
 * release that it is tested with, and the oldest one that it names. Then the scorecard of flows.nodered.org.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	installNodeRed,
	installOldestNodeRed,
	NODE_RED,
	OLDEST_NODE_RED,
	packageFolder,
	packNodeRed,
} from '../test/lab/nodeRed/install';
import { NodeRedServer } from '../test/lab/nodeRed/server';

const say = (text: string) => process.stdout.write(`${text}\n`);
const MOST_MS = 200;
const STARTS = 3;
const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
	name: string;
	'node-red': { nodes: Record<string, string> };
};

/**
 * Warnings of the scorecard that stand: the libraries are 18 (D01), pinned as they are for n8n (D03), and Node 22.19 is the first with
 * all that lib needs of TLS (P07).
 */
const ACCEPTED = new Set(['D01', 'D03', 'P07']);

interface NodeSet {
	module: string;
	types: string[];
	enabled: boolean;
	err?: unknown;
}

/** Every type is loaded, without an error. */
async function looked(server: NodeRedServer): Promise<void> {
	const sets = (await server.ask<NodeSet[]>('nodes')).filter(({ module }) => module === manifest.name);
	const types = sets.flatMap((set) => set.types).sort();
	const bad = sets.filter(({ enabled, err }) => !enabled || err !== undefined);
	if (bad.length > 0 || JSON.stringify(types) !== JSON.stringify(Object.keys(manifest['node-red'].nodes).sort()))
		throw new Error(`Node-RED has ${types.join(', ')}; with errors: ${JSON.stringify(bad)}`);
	const examples = await server.ask<object>(`library/examples/flows/${manifest.name}/`);
	if (!JSON.stringify(examples).includes('Phishing triage')) throw new Error('The import menu has no examples of it');
}

/** The shortest of some starts, in milliseconds: what the machine does besides makes none shorter. */
async function shortestStart(server: NodeRedServer): Promise<number> {
	let shortest = Number.POSITIVE_INFINITY;
	for (let count = 0; count < STARTS; count++) {
		await server.start();
		shortest = Math.min(shortest, server.startedInMs);
		if (count < STARTS - 1) await server.stop();
	}
	return shortest;
}

/** Milliseconds that Node-RED needs to load and register all nodes, in a process that has loaded nothing of them: the least of some. */
function loadingMs(server: NodeRedServer): number {
	const script = `
		const nothing = () => {};
		const RED = { nodes: { registerType: nothing }, httpAdmin: { post: nothing }, auth: { needsPermission: nothing } };
		const begin = performance.now();
		for (const file of ${JSON.stringify(Object.values(manifest['node-red'].nodes))})
			require(${JSON.stringify(join(server.userFolder, 'node_modules', manifest.name))} + '/' + file)(RED);
		console.log(performance.now() - begin);`;
	const once = () => Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
	return Math.min(...Array.from({ length: STARTS }, once));
}

/** The scorecard. Its catalogue of all packages is on the web: where that cannot be reached, names are compared with nothing. */
function scorecard(installation: string, folder: string): void {
	const unpacked = join(folder, 'scorecard');
	execFileSync('mkdir', ['-p', unpacked]);
	execFileSync('tar', ['-xzf', readdirSync(folder).find((name) => name.endsWith('.tgz'))!, '-C', unpacked], {
		cwd: folder,
	});
	const axios = createRequire(join(installation, 'node_modules', 'node-red-dev', 'package.json')).resolve('axios');
	const offline = join(folder, 'offline.cjs');
	writeFileSync(
		offline,
		`const axios = require(${JSON.stringify(axios)});
		const get = axios.get;
		axios.get = (url, ...more) => get(url, ...more).catch((error) => {
			if (!String(url).includes('catalogue')) throw error;
			console.log('N01 and P08 not checked: the catalogue of Node-RED cannot be reached');
			return { data: { modules: [] } };
		});`,
	);
	const card = join(folder, 'card.json');
	const program = join(installation, 'node_modules', 'node-red-dev', 'bin', 'run');
	const { status, stdout, stderr } = spawnSync(
		process.execPath,
		['--require', offline, program, 'validate', '--path', join(unpacked, 'package'), '--output', card],
		{ cwd: folder, encoding: 'utf8', timeout: 300_000 },
	);
	say(`${stdout}${stderr}`.trim());
	if (status !== 0) throw new Error(`node-red-dev validate ended with ${status}`);
	const found = JSON.parse(readFileSync(card, 'utf8')) as Record<string, { test?: boolean }>;
	const failed = Object.entries(found).filter(([, { test }]) => test === false);
	const wanted = failed.filter(([name]) => !ACCEPTED.has(name));
	if (wanted.length > 0) throw new Error(`The scorecard has failures: ${JSON.stringify(Object.fromEntries(wanted))}`);
}

async function main(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'email-intel-check-'));
	const servers: NodeRedServer[] = [];
	try {
		const { files, size } = packNodeRed(folder);
		const strangers = files.filter(
			(path) => !/^(?:dist\/(?:lib|node-red)\/|examples\/|resources\/|package\.json$|README|LICENSE)/.test(path),
		);
		if (strangers.length > 0) throw new Error(`The tarball holds what no user needs: ${strangers.join(', ')}`);
		const n8n = files.filter(
			(path) => path.endsWith('.js') && /require\("n8n-/.test(readFileSync(join(packageFolder, path), 'utf8')),
		);
		if (n8n.length > 0) throw new Error(`These files need n8n: ${n8n.join(', ')}`);
		say(`${manifest.name}: ${files.length} files, ${Math.round(size / 1000)} kB packed`);

		const installation = await installNodeRed(say);
		for (const [version, home] of [
			[NODE_RED['node-red'], installation],
			[OLDEST_NODE_RED, await installOldestNodeRed(say)],
		] as const) {
			const alone = await NodeRedServer.prepare({ installation: home, withPackage: false });
			const server = await NodeRedServer.prepare({ installation: home, report: say });
			servers.push(alone, server);
			const before = await shortestStart(alone);
			await alone.stop();
			const after = await shortestStart(server);
			await looked(server);
			await server.stop();
			const megabytes = readdirSync(join(server.userFolder, 'node_modules'), { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile())
				.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size / 1_000_000, 0);
			const loading = loadingMs(server);
			say(`Node-RED ${version}: all nodes are there, in ${loading.toFixed(0)} ms; ${megabytes.toFixed(1)} MB`);
			say(`  its start takes ${after.toFixed(0)} ms, ${before.toFixed(0)} ms without them`);
			// A machine at work makes starts longer by more than any package: what counts is measured alone.
			if (loading > MOST_MS) throw new Error(`Node-RED needs ${loading.toFixed(0)} ms to load the nodes`);
		}
		scorecard(installation, folder);
	} finally {
		for (const server of servers) await server.dispose();
		rmSync(folder, { recursive: true, force: true });
	}
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		say(error instanceof Error ? error.message : String(error));
		process.exit(1);
	},
);
