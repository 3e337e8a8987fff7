// Packs the package, installs the tarball into an empty folder with the flags that n8n uses, and loads it there with
// n8n-core's own loader. Only n8n-workflow is lent to it, as n8n does: a forgotten dependency shows.
import { execFileSync } from 'node:child_process';
import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'email-intel-package-'));

const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

try {
	const [packed] = JSON.parse(npm(['pack', '--json', '--loglevel=error', '--pack-destination', folder], root));
	const strangers = packed.files
		.map(({ path }) => path)
		.filter((path) => !/^(?:dist\/|package\.json$|README|LICENSE|CHANGELOG)/.test(path));
	if (strangers.length > 0) throw new Error(`The tarball holds what no user needs: ${strangers.join(', ')}`);
	console.log(
		`${packed.filename}: ${packed.files.length} files, ${Math.round(packed.size / 1000)} kB packed, ${Math.round(packed.unpackedSize / 1000)} kB unpacked`,
	);

	const home = join(folder, 'nodes');
	mkdirSync(home);
	writeFileSync(join(home, 'package.json'), '{"name":"installed-nodes","private":true}');
	const started = Date.now();
	npm(
		[
			'install',
			'--omit=peer',
			'--omit=dev',
			'--legacy-peer-deps',
			'--ignore-scripts',
			'--no-audit',
			'--no-fund',
			'--loglevel=error',
			join(folder, packed.filename),
		],
		home,
	);
	const megabytes = readdirSync(join(home, 'node_modules'), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size / 1_000_000, 0);
	console.log(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s: ${megabytes.toFixed(1)} MB`);

	const lent = join(folder, 'lent');
	mkdirSync(lent);
	symlinkSync(join(root, 'node_modules', 'n8n-workflow'), join(lent, 'n8n-workflow'), 'junction');
	const script = `
		process.env.N8N_USER_FOLDER = ${JSON.stringify(join(folder, 'user'))};
		process.env.N8N_LOG_LEVEL = 'silent';
		const path = ${JSON.stringify(join(home, 'node_modules', manifest.name))};
		const fromRoot = require('node:module').createRequire(${JSON.stringify(join(root, 'package.json'))});
		fromRoot('reflect-metadata');
		const { LazyPackageDirectoryLoader } = fromRoot('n8n-core');
		fromRoot('n8n-workflow');
		const { readFileSync } = require('node:fs');
		(async () => {
			const loader = new LazyPackageDirectoryLoader(path);
			const begin = performance.now();
			await loader.loadAll();
			const ms = performance.now() - begin;
			const first = performance.now();
			const nodes = Object.keys(loader.known.nodes).filter((name) => loader.getNode(name).type.description.name === name);
			const credentials = Object.keys(loader.known.credentials).filter((name) => loader.getCredential(name).type.name === name);
			const classesMs = performance.now() - first;
			const byName = require('node:module').createRequire(${JSON.stringify(join(home, 'package.json'))});
			const lib = byName(${JSON.stringify(manifest.name)});
			if (lib !== require(path)) throw new Error('By its name and by its folder it is not the same library');
			byName(${JSON.stringify(`${manifest.name}/internal`)}).systemClock.now();
			const email = await lib.parseEmail(Buffer.from('From: a@example.com\\r\\nSubject: Hello\\r\\n\\r\\nhello http://evil.example.net/x\\r\\n'));
			const bundle = lib.emailToBundle(email);
			// What runs in the worker, and its WASM, is found where n8n installs it.
			const pdf = readFileSync(${JSON.stringify(join(root, 'test', 'fixtures', 'attachments', 'page-and-link.pdf'))}).toString('base64');
			const mail = await lib.parseEmail(Buffer.from('From: a@example.com\\r\\nContent-Type: application/pdf; name=a.pdf\\r\\nContent-Transfer-Encoding: base64\\r\\n\\r\\n' + pdf + '\\r\\n'));
			const { attachments: [{ opened }] } = await lib.openAttachments(mail);
			if (opened.links.length !== 1 || opened.codes.length !== 1) throw new Error('A PDF is not opened: ' + JSON.stringify(opened));
			new lib.ImapMailbox({ host: 'localhost', port: 993, security: 'tls', user: 'u', password: 'p' });
			console.log(JSON.stringify({
				nodes: nodes.map((name) => [name, loader.known.nodes[name].sourcePath]),
				credentials: credentials.map((name) => [name, loader.known.credentials[name].sourcePath]),
				ms, classesMs,
				exports: Object.keys(lib), objects: bundle.objects.length,
			}));
			process.exit(0);
		})().catch((error) => { console.error(error); process.exit(1); });
	`;
	const output = execFileSync(process.execPath, ['-e', script], {
		cwd: home,
		encoding: 'utf8',
		env: { ...process.env, NODE_PATH: lent },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const found = JSON.parse(output.trim().split('\n').at(-1));

	const same = (kind, have, want) => {
		const files = have.map(([, file]) => file).sort();
		if (JSON.stringify(files) !== JSON.stringify([...want].sort()))
			throw new Error(`${kind}: n8n finds ${files.join(', ')}, package.json names ${want.join(', ')}`);
		console.log(`${kind} that n8n's loader finds: ${have.map(([name]) => name).join(', ')}`);
	};
	same('nodes', found.nodes, manifest.n8n.nodes);
	same('credentials', found.credentials, manifest.n8n.credentials);
	if (found.ms > 100) throw new Error(`n8n's start takes ${Math.round(found.ms)} ms longer with this package`);
	console.log(
		`adds ${Math.round(found.ms)} ms to n8n's start; all classes load in ${Math.round(found.classesMs)} ms when first used; lib exports ${found.exports.length} names; a test message became ${found.objects} STIX objects`,
	);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
