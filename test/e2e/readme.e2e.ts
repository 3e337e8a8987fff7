import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { OWNER } from '../lab/n8n/api';
import { describeWith } from '../lab/n8n/binaries';
import { Editor } from '../lab/n8n/editor';
import { installWanted } from '../lab/n8n/newest';
import { freePort } from '../lab/n8n/server';
import { waitFor } from '../lab/n8n/wait';

const root = join(__dirname, '..', '..');
const WORKFLOW = 'Threat report mailbox to OpenCTI';

describeWith(['chromium'], 'a new user with the README', () => {
	const cache = mkdtempSync(join(tmpdir(), 'email-intel-cache-'));
	const failures = mkdtempSync(join(tmpdir(), 'email-intel-pictures-'));
	let running: ChildProcess | undefined;
	let printed = '';

	beforeAll(async () => {
		// As on a fresh machine, but for the download.
		const installation = await installWanted(() => {});
		symlinkSync(installation, join(cache, basename(installation)), 'dir');
	}, 600_000);
	afterAll(() => {
		running?.kill('SIGTERM');
		rmSync(cache, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
	}, 60_000);

	/** What `npm run n8n` does once it has built. */
	async function start(): Promise<{ url: string; seconds: number }> {
		const began = Date.now();
		const port = String(await freePort());
		printed = '';
		const env = { ...process.env, EMAIL_INTEL_CACHE: cache, N8N_PORT: port };
		const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'scripts', 'n8n.ts')], {
			cwd: root,
			env,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		running = child;
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
		await waitFor(
			'address and sign-in',
			() => {
				if (child.exitCode !== null) throw new Error(`It ended:\n${printed}`);
				return printed.includes('Ctrl+C');
			},
			300_000,
		);
		const url = /n8n +(http:\S+)/.exec(printed)?.[1];
		expect(url).toBe(`http://127.0.0.1:${port}`);
		expect(printed).toContain(`${OWNER.email} / ${OWNER.password}`);
		return { url: url!, seconds: Math.round((Date.now() - began) / 1000) };
	}

	/** Ctrl+C. */
	async function end(): Promise<number | null> {
		const child = running!;
		const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
		child.kill('SIGINT');
		return await ended;
	}

	it('is told these steps', () => {
		const readme = readFileSync(join(root, 'README.md'), 'utf8');
		for (const words of ['npm run n8n', `*${WORKFLOW}*`, '*Execute workflow*', '*Create Report*'])
			expect(readme).toContain(words);
	});

	it.each(['first', 'second'])(
		'the %s time: starts n8n, executes the example, and sees the report',
		async (time) => {
			const { url, seconds } = await start();
			process.stdout.write(`${time} start: ${seconds} s without the download\n`);
			const editor = await Editor.open({ url, pictures: failures, failures });
			try {
				await editor.watch(`readme-${time}`, async () => {
					await editor.openListed(WORKFLOW);
					expect(await editor.execute()).toMatch(/Workflow executed successfully/);
					const report = await editor.openNode('Create Report');
					expect(await report.items()).toBe('1 item');
					await report.show('output', 'JSON');
					await waitFor(
						'the report of the newest message',
						async () => /"subject"\s*:\s*"Last notice: your mailbox is full"/.test(await report.output.innerText()),
						30_000,
					);
				});
			} finally {
				await editor.close();
			}
			expect(await end()).toBe(0);
		},
		600_000,
	);
});
