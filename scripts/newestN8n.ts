/**
 * `npm run e2e:newest`: the newest n8n that installs and starts here, or the one in `EMAIL_INTEL_N8N`, against a short part of
 * the browser's suites and all of the engine's. With arguments: just those suites (`npm run e2e:newest -- test/e2e/queue`).
 * When the newest is the pinned one, nothing runs twice.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installN8n } from '../test/lab/n8n/install';
import { chooseN8n, installedVersion } from '../test/lab/n8n/newest';
import { N8N_VERSION, NEWEST, wantedN8n } from '../test/lab/n8n/version';

const root = join(__dirname, '..');
const started = Date.now();
const say = (text: string) =>
	process.stdout.write(`[${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`);

/** Gives the exit status. */
function jest(config: string, args: string[]): number {
	const { status, error } = spawnSync(
		process.execPath,
		[join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--config', config, ...args],
		{ cwd: root, stdio: 'inherit' },
	);
	if (error) throw error;
	return status ?? 1;
}

async function main(args: string[]): Promise<number> {
	process.env.EMAIL_INTEL_N8N ||= NEWEST;
	const isSearch = wantedN8n() === NEWEST;
	const version = await chooseN8n(say);
	if (isSearch && version === N8N_VERSION) {
		say(`The newest n8n that installs and starts here is ${version}, the pinned one: nothing is run twice`);
		return 0;
	}
	process.env.EMAIL_INTEL_N8N_FOLDER = await installN8n(say, version);
	const parts = ['n8n-core', 'n8n-workflow'].map((name) => `${name} ${installedVersion(name)}`);
	say(`${isSearch ? 'The newest n8n that installs and starts here: ' : ''}n8n ${version} (${parts.join(', ')})`);
	if (args.length > 0) return jest('jest.e2e.config.js', args);
	const server = jest('jest.newest.config.js', []);
	const engine = jest('jest.newestEngine.config.js', []);
	say(`n8n ${version}: server and editor ${verdict(server)}, engine ${verdict(engine)}`);
	return server || engine;
}

const verdict = (status: number) => (status === 0 ? 'passed' : 'FAILED');

main(process.argv.slice(2)).then(
	(status) => process.exit(status),
	(error: unknown) => {
		say(error instanceof Error ? error.message : String(error));
		process.exit(1);
	},
);
