import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');

describe('npm run chaos on a machine without Node-RED', () => {
	const cache = mkdtempSync(join(tmpdir(), 'email-intel-empty-cache-'));
	afterAll(() => rmSync(cache, { recursive: true, force: true }));

	const chaos = (...parameters: string[]) =>
		new Promise<{ status: number | null; said: string }>((resolve) => {
			const env = { ...process.env, EMAIL_INTEL_CACHE: cache };
			const child = execFile(
				process.execPath,
				['--import', 'tsx', join('test', 'chaos', 'run.ts'), ...parameters],
				{ cwd: root, env },
				(_error, stdout) => resolve({ status: child.exitCode, said: stdout }),
			);
		});

	it('says what is missing and how to get it, and runs the others', async () => {
		const { status, said } = await chaos('--deliveries', '5', '--seed', '1');
		expect(said).toMatch(/^imap, seed 1:$/m);
		expect(said).toMatch(/^graph, seed 1:$/m);
		expect(said.trimEnd()).toMatch(
			/\nnode-red: not run\. Node-RED is not installed\. Get it with: node scripts\/toolchain\.mjs install-node-red$/,
		);
		expect(status).toBe(0);
	}, 120_000);

	it('fails where Node-RED is asked for by name', async () => {
		const { status, said } = await chaos('node-red');
		expect(said).toContain('Get it with: node scripts/toolchain.mjs install-node-red');
		expect(status).toBe(1);
	}, 60_000);
});
