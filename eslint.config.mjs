import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import communityNodes from '@n8n/eslint-plugin-community-nodes';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { floorsRule, gapsOf } from './scripts/floors.mjs';

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

const hosts = ['n8n-workflow', 'n8n-core', 'node-red'];
/** What speaks a protocol or reads a format belongs to lib: everything that this package stands on. */
const protocols = Object.keys(dependencies);

/**
 * What stands in lib from the ground up, and what each may import of what stands beside it. What is not named points upwards, or
 * sideways. The files that stand beside the folders are the ground floor. Rooms of a floor (`email/mime`), and files that stand above
 * rooms (`email/parse`), have the same order within it: the files beside them are its ground.
 */
const floors = {
	http: [],
	email: [],
	'email/header': [],
	'email/mime': ['header'],
	'email/rtf': ['header'],
	'email/outlook': ['header', 'mime', 'rtf'],
	'email/quoted': ['header', 'mime'],
	'email/assembler': ['header', 'mime', 'outlook'],
	'email/parse': ['outlook', 'assembler'],
	'email/item': ['header', 'mime', 'outlook', 'parse'],
	attachments: ['email'],
	'attachments/readers': [],
	'attachments/worker': ['readers'],
	'attachments/pool': ['worker'],
	'attachments/walk': ['pool'],
	'attachments/open': ['pool', 'walk'],
	values: [],
	received: ['email', 'values'],
	indicators: ['email', 'values', 'received'],
	'indicators/text': [],
	'indicators/judgement': [],
	'indicators/places': ['text', 'judgement'],
	'indicators/extract': ['judgement', 'places'],
	firstLook: ['email', 'values', 'received', 'indicators'],
	'firstLook/dkim': [],
	campaign: ['email', 'values', 'indicators', 'firstLook'],
	reported: ['email', 'values', 'indicators', 'firstLook'],
	'reported/inline': [],
	'reported/reply': [],
	'reported/recognise': ['inline'],
	'reported/nested': ['recognise'],
	'reported/analysed': ['recognise', 'nested'],
	stix: ['email', 'values', 'indicators'],
	pattern: ['email', 'values', 'indicators', 'stix'],
	hunt: ['email', 'indicators', 'stix', 'pattern'],
	esa: ['http', 'stix', 'pattern', 'hunt'],
	opencti: ['http', 'email', 'values', 'indicators', 'firstLook', 'campaign', 'reported', 'stix', 'pattern', 'hunt'],
	'opencti/documents': [],
	'opencti/platform': ['documents'],
	'opencti/container': ['documents', 'platform'],
	'opencti/bundle': ['documents', 'platform', 'container'],
	'opencti/client': ['documents', 'platform', 'container', 'bundle'],
	'opencti/platformSummary': ['platform', 'client'],
	microsoft: ['http'],
	mailbox: ['http', 'email', 'microsoft'],
	microsoftHunt: ['http', 'stix', 'pattern', 'hunt', 'microsoft'],
	'microsoftHunt/trace': [],
	'microsoftHunt/defender': [],
	'microsoftHunt/access': ['trace', 'defender'],
	flow: [
		...['email', 'attachments', 'values', 'indicators', 'firstLook', 'campaign', 'reported', 'stix', 'pattern'],
		...['hunt', 'opencti', 'mailbox'],
	],
};
// Behind all of them; none of them imports it.
floors.internal = Object.keys(floors).filter((floor) => !floor.includes('/'));
const lib = fileURLToPath(new URL('lib/', import.meta.url));
const gaps = gapsOf(floors, lib);
if (gaps.length > 0) throw new Error(`eslint.config.mjs: ${gaps.join(' ')}`);

/** Nobody reaches past a folder's index.ts from outside of lib. Within it, the rule of the floors says the same of every room. */
const throughTheDoor = {
	group: ['**/lib/*/*'],
	message: 'Import from the folder (its index.ts), not from a file inside it.',
};
/** Hosts know lib, and not one another. */
const noOtherHost = (folders) => ({
	group: folders.map((folder) => `**/${folder}/**`),
	message: 'A host imports lib, and no other host.',
});
const forbid = (paths, otherHosts = []) => ({
	'no-restricted-imports': [
		'error',
		{
			paths: paths.map((name) => ({ name, message: 'Not in this layer: see the layers in docs/design.' })),
			patterns: [throughTheDoor, ...(otherHosts.length === 0 ? [] : [noOtherHost(otherHosts)])],
		},
	],
});

export default tseslint.config(
	{
		ignores: [
			'dist/**',
			'node-red/dist/**',
			'coverage/**',
			'.toolchain/**',
			'.n8n-cache/**',
			'demo-output/**',
			'node_modules/**',
		],
	},
	{
		files: ['**/*.ts'],
		extends: [...tseslint.configs.recommendedTypeChecked, regexp.configs['flat/recommended']],
		languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
		rules: {
			// The proof that no expression of ours backtracks more than linearly.
			'regexp/no-super-linear-backtracking': ['error', { report: 'certain' }],
			'regexp/no-super-linear-move': 'error',
			'@typescript-eslint/consistent-type-imports': [
				'error',
				{ fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
			],
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
			'@typescript-eslint/switch-exhaustiveness-check': 'error',
			eqeqeq: 'error',
			// One manner: #private is private at run time too. A constructor has no such form.
			'no-restricted-syntax': [
				'error',
				{
					selector:
						':matches(MethodDefinition[kind!="constructor"], PropertyDefinition, TSParameterProperty)[accessibility="private"]',
					message: 'Write #name.',
				},
				{
					selector: 'CallExpression[callee.property.name="toString"][arguments.0.value=/^(?:utf-?16le|ucs-?2)$/i]',
					message: 'Write utf16Text: Node writes behind its memory where such bytes are odd in number and place.',
				},
			],
			'no-console': 'error',
			// Style only; these rewrite readable character classes into dense ones.
			'regexp/prefer-d': 'off',
			'regexp/prefer-w': 'off',
			'regexp/use-ignore-case': 'off',
			'regexp/prefer-character-class': 'off',
			'regexp/no-useless-assertions': 'off',
			'regexp/sort-character-class-elements': 'off',
			// Clearer with them where a limit or a protocol character is meant.
			'regexp/prefer-quantifier': 'off',
			'regexp/no-control-character': 'off',
			'no-control-regex': 'off',
		},
	},
	{
		files: ['lib/**/*.ts'],
		plugins: { house: { rules: { floors: floorsRule(floors, lib) } } },
		rules: {
			...forbid(hosts, ['nodes', 'credentials', 'node-red']),
			'house/floors': 'error',
			// Heavy libraries are required when they are first used: n8n loads every node at boot.
			'@typescript-eslint/no-require-imports': ['error', { allow: protocols.map((name) => `^${name}(?:/|$)`) }],
		},
	},
	// The enum Char names code units: what charCodeAt gives, which is a number.
	{ files: ['lib/indicators/**/*.ts'], rules: { '@typescript-eslint/no-unsafe-enum-comparison': 'off' } },
	{ files: ['nodes/**/*.ts', 'credentials/**/*.ts'], rules: forbid([...protocols, 'node-red'], ['node-red']) },
	{
		files: ['node-red/**/*.ts'],
		rules: {
			...forbid([...protocols, ...hosts], ['nodes', 'credentials']),
			// Node-RED loads every node at its start: what works is required when it is first used.
			'@typescript-eslint/no-require-imports': ['error', { allow: ['^\\.\\.?/'] }],
		},
	},
	{
		files: ['nodes/**/*.ts'],
		plugins: { 'n8n-nodes-base': nodesBase, '@n8n/community-nodes': communityNodes },
		rules: {
			...nodesBase.configs.nodes.rules,
			...communityNodes.configs.recommendedWithoutN8nCloudSupport.rules,
			// They ask for the literal 'main'; n8n's newer plugin, rightly, asks for NodeConnectionTypes.Main.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			// It wants the literal 50; the value is in lib/defaults.ts, and a test compares.
			'n8n-nodes-base/node-param-default-wrong-for-limit': 'off',
		},
	},
	{
		// Named after what users call it. Its type name is older, and saved workflows hold it.
		files: ['nodes/MailboxReader/MailboxReader.node.ts'],
		rules: { 'n8n-nodes-base/node-filename-against-convention': 'off' },
	},
	{
		files: ['credentials/**/*.ts'],
		plugins: { 'n8n-nodes-base': nodesBase, '@n8n/community-nodes': communityNodes },
		rules: {
			...nodesBase.configs.credentials.rules,
			...communityNodes.configs.recommendedWithoutN8nCloudSupport.rules,
			// It is for n8n's own nodes, whose documentation is a slug; ours is a URL.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
		},
	},
	// n8n drops a codex file that it cannot read, without a word.
	{ files: ['nodes/**/*.node.json'], languageOptions: { parser: tseslint.parser }, rules: { 'no-dupe-keys': 'error' } },
	{
		files: ['test/**/*.ts', 'bench/**/*.ts'],
		rules: {
			// Answers of simulators and of n8n's engine are untyped JSON.
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-member-access': 'off',
			'@typescript-eslint/no-unsafe-call': 'off',
			'@typescript-eslint/no-unsafe-argument': 'off',
			'@typescript-eslint/no-unsafe-return': 'off',
			'@typescript-eslint/require-await': 'off',
			'@typescript-eslint/no-require-imports': 'off',
			'@typescript-eslint/unbound-method': 'off',
			'@typescript-eslint/no-base-to-string': 'off',
		},
	},
);
