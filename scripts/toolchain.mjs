// The launcher behind every npm script: `node scripts/toolchain.mjs <task> [arguments]`.
// It runs under any Node from 20 on, and does the work under Node 24, which it takes from the
// npm registry when the host's own is older. It installs what package-lock.json names when that
// has not been done yet, so one command is enough on a fresh machine.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	copyFileSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const NODE_MAJOR = 24;
const NODE_VERSION = '24.21.0';
const bin = (name) => join(root, 'node_modules', ...name.split('/'));

// Ctrl+C reaches the program that was started too: it ends in its own time, and the launcher with it.
process.on('SIGINT', () => {});

function say(text) {
	process.stdout.write(`${text}\n`);
}

/** Runs a command in the project folder; ends this process with its status when it fails. */
function run(command, args, extra = {}) {
	const result = spawnSync(command, args, {
		cwd: root,
		stdio: 'inherit',
		shell: process.platform === 'win32' && command === 'npm',
		env: { ...process.env, ...extra },
	});
	if (result.error) say(`${command}: ${result.error.message}`);
	if (result.status !== 0) process.exit(result.status ?? 1);
}

const node = (script, args = [], extra = {}) => run(process.execPath, [script, ...args], extra);

/** The platform packages hold the plain binary and need no install script. */
function ensureNode() {
	if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) return;
	const home = join(root, '.toolchain');
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	const name = `node-${platform}-${process.arch}`;
	const folder = join(home, 'node_modules', name, 'bin');
	const binary = join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
	if (!existsSync(binary)) {
		say(`Node ${process.versions.node} found; fetching Node ${NODE_VERSION} for the toolchain (once)…`);
		mkdirSync(home, { recursive: true });
		run('npm', [
			'install',
			'--prefix',
			home,
			'--no-save',
			'--ignore-scripts',
			'--loglevel=error',
			`${name}@${NODE_VERSION}`,
		]);
	}
	const result = spawnSync(binary, process.argv.slice(1), {
		stdio: 'inherit',
		env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` },
	});
	if (result.signal) process.kill(process.pid, result.signal);
	process.exit(result.status ?? 1);
}

/**
 * Whether npm installed what package-lock.json names, as its own note in node_modules says. Packages that are optional may be
 * missing: they are for other platforms.
 */
function isInstalled() {
	const packagesOf = (...path) => {
		try {
			const { packages } = JSON.parse(readFileSync(join(root, ...path), 'utf8'));
			return Object.entries(packages ?? {}).filter(([name]) => name !== '');
		} catch {
			return [];
		}
	};
	const wanted = new Map(packagesOf('package-lock.json'));
	const installed = new Map(packagesOf('node_modules', '.package-lock.json'));
	const isSame = ([name, { version, integrity }]) =>
		wanted.get(name)?.version === version && wanted.get(name)?.integrity === integrity;
	return (
		installed.size > 0 &&
		[...installed].every(isSame) &&
		[...wanted].every(([name, { optional, devOptional }]) => installed.has(name) || optional || devOptional)
	);
}

/** `npm ci` once for each state of package-lock.json. */
function install() {
	const stamp = join(root, 'node_modules', '.install-stamp');
	const wanted = createHash('sha256')
		.update(readFileSync(join(root, 'package-lock.json')))
		.digest('hex');
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
	// Somebody typed `npm ci`.
	if (!existsSync(stamp) && isInstalled()) {
		writeFileSync(stamp, wanted);
		return;
	}
	// `npm ci` would empty the folder that a link points to, and somebody else works with that.
	if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
		say('node_modules is a link: dependencies are used as they are there.');
		return;
	}
	say('Installing dependencies from package-lock.json…');
	// What it needs stands in .npmrc, so that whoever types `npm ci` gets the same.
	run('npm', ['ci', '--loglevel=error']);
	writeFileSync(stamp, wanted);
}

function build() {
	say('Building…');
	rmSync(join(root, 'dist'), { recursive: true, force: true });
	node(bin('typescript/bin/tsc'), ['-p', 'tsconfig.build.json']);
	node(bin('gulp/bin/gulp.js'), ['--silent', 'assets']);
	// With these lists n8n knows our nodes at boot without loading a line of them.
	node(bin('n8n-core/bin/generate-metadata'));
	rmSync(join(root, 'dist', 'methods'), { recursive: true });
}

/** The package for Node-RED, beside its sources: a copy of lib, the nodes, and what the editor shows of them. */
function buildNodeRed() {
	say('Building the package for Node-RED…');
	const home = join(root, 'node-red');
	const nodes = join(home, 'dist', 'node-red');
	rmSync(join(home, 'dist'), { recursive: true, force: true });
	node(bin('typescript/bin/tsc'), ['-p', 'tsconfig.node-red.json']);
	mkdirSync(join(nodes, 'icons'));
	for (const name of readdirSync(home).filter((file) => file.endsWith('.html')))
		copyFileSync(join(home, name), join(nodes, name));
	for (const folder of [join(root, 'icons'), join(home, 'icons')]) {
		for (const name of readdirSync(folder).filter((file) => file.endsWith('.svg') && !file.endsWith('.dark.svg')))
			copyFileSync(join(folder, name), join(nodes, 'icons', name));
	}
}

/** The lab, the fuzzer and the chaos are TypeScript and are not built: scripts that start them run through tsx. */
const typescript = (script, args) => run(process.execPath, ['--import', 'tsx', script, ...args]);

const lint = () => {
	node(bin('prettier/bin/prettier.cjs'), ['--check', '--log-level=warn', '.']);
	node(bin('eslint/bin/eslint.js'), ['--max-warnings=0', '.']);
};
const types = () => node(bin('typescript/bin/tsc'), ['-p', 'tsconfig.json']);
const format = () => node(bin('prettier/bin/prettier.cjs'), ['--write', '--log-level=warn', '.']);
const jest = (args) => node(bin('jest/bin/jest.js'), args);

const tasks = {
	install: () => {},
	build: () => {
		build();
		buildNodeRed();
	},
	/** Node-RED and its tools, in a cache of their own: some suites of `npm test` need them. */
	'install-node-red': () => typescript(join(root, 'scripts', 'installNodeRed.ts'), []),
	lint: () => {
		lint();
		types();
	},
	format,
	/** With arguments: just Jest on those (`npm test -- test/unit/stix`). */
	test: (args) => {
		if (args.length > 0) return jest(args);
		say('Linting…');
		lint();
		say('Checking types…');
		types();
		build();
		buildNodeRed();
		tasks['install-node-red']();
		say('Testing…');
		return jest(['--ci']);
	},
	demo: (args) => {
		build();
		typescript(join(root, 'scripts', 'demo.ts'), args);
	},
	n8n: (args) => {
		build();
		typescript(join(root, 'scripts', 'n8n.ts'), args);
	},
	'node-red': (args) => {
		buildNodeRed();
		typescript(join(root, 'scripts', 'nodeRed.ts'), args);
	},
	e2e: (args) => {
		build();
		jest(['--config', 'jest.e2e.config.js', ...args]);
	},
	/** A short part of the same, and the engine's tests, against the newest n8n that installs and starts here. */
	'e2e-newest': (args) => {
		build();
		typescript(join(root, 'scripts', 'newestN8n.ts'), args);
	},
	'e2e-node-red': (args) => {
		buildNodeRed();
		jest(['--config', 'jest.nodeRed.config.js', ...args]);
	},
	/** The suite of a live OpenCTI, and the same against the lab: `OPENCTI_TEST_URL` and `OPENCTI_TEST_TOKEN` say which one. */
	'test-opencti': (args) => {
		if (!process.env.OPENCTI_TEST_URL || !process.env.OPENCTI_TEST_TOKEN) {
			say(
				'OPENCTI_TEST_URL and OPENCTI_TEST_TOKEN are not set: the suite runs against the lab only, its live part is skipped.',
			);
		}
		jest(['test/platform', ...args]);
	},
	/** From the sources: for it alone nothing is built. */
	fuzz: (args) => typescript(join(root, 'test', 'fuzz', 'run.ts'), args),
	chaos: (args) => {
		if (!args.includes('imap')) buildNodeRed();
		typescript(join(root, 'test', 'chaos', 'run.ts'), args);
	},
	'check-package': () => {
		build();
		node(join(root, 'scripts', 'check-package.mjs'));
		buildNodeRed();
		typescript(join(root, 'scripts', 'checkNodeRed.ts'), []);
	},
	bench: (args) => {
		build();
		run(process.execPath, ['--expose-gc', '--import', 'tsx', join(root, 'bench', 'run.mjs'), ...args]);
	},
};

const [name, ...args] = process.argv.slice(2);
const task = tasks[name];
if (!task) {
	say(`Usage: node scripts/toolchain.mjs ${Object.keys(tasks).join('|')}`);
	process.exit(2);
}
ensureNode();
install();
task(args);
