import { relative } from 'node:path';
import ts from 'typescript';
import { compile, faultsOfText, root } from './compiler';

/** One exported name. */
export interface FaceName {
	name: string;
	kind: 'class' | 'function' | 'value' | 'type';
	/** File that declares it, seen from the project's folder. */
	file: string;
	isDocumented: boolean;
}

/** What a module exports, types included, in alphabetical order. */
export function namesOf(module: string): FaceName[] {
	const program = compile([module]);
	const checker = program.getTypeChecker();
	const symbol = checker.getSymbolAtLocation(program.getSourceFile(module)!)!;
	return checker
		.getExportsOfModule(symbol)
		.map((alias) => {
			const exported = alias.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(alias) : alias;
			return {
				name: alias.name,
				kind: kindOf(exported),
				file: relative(root, exported.declarations?.[0]?.getSourceFile().fileName ?? ''),
				isDocumented: ts.displayPartsToString(exported.getDocumentationComment(checker)).trim() !== '',
			};
		})
		.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function kindOf({ flags }: ts.Symbol): FaceName['kind'] {
	if (flags & ts.SymbolFlags.Class) return 'class';
	if (flags & ts.SymbolFlags.Function) return 'function';
	return flags & ts.SymbolFlags.Value ? 'value' : 'type';
}

/**
 * Types of the library that the exported names are made of, but that no user can name: `Exported -> Missing`. Not counted: what
 * only the inside of a class or of a function sees, what an interface extends, and aliases, which are but what they stand for.
 */
export function unnamedTypes(module: string): string[] {
	const program = compile([module]);
	const checker = program.getTypeChecker();
	const resolved = (symbol: ts.Symbol) =>
		symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
	const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(module)!)!);
	const named = new Set(exported.map(resolved));
	const missing = new Set<string>();
	for (const alias of exported) {
		const seen = new Set<ts.Symbol>();
		const look = (node: ts.Node): void => {
			if (ts.isBlock(node) || ts.isHeritageClause(node) || isHidden(node)) return;
			const found = ts.isTypeReferenceNode(node) ? checker.getSymbolAtLocation(node.typeName) : undefined;
			const symbol = found === undefined ? undefined : resolved(found);
			if (symbol !== undefined && !named.has(symbol) && !seen.has(symbol) && isOurs(symbol)) {
				seen.add(symbol);
				if (symbol.flags & ts.SymbolFlags.TypeAlias)
					for (const declaration of symbol.declarations ?? []) look(declaration);
				else missing.add(`${alias.name} -> ${symbol.name}`);
			}
			ts.forEachChild(node, look);
		};
		for (const declaration of resolved(alias).declarations ?? []) look(declaration);
	}
	return [...missing].sort();
}

function isOurs({ flags, declarations }: ts.Symbol): boolean {
	const file = declarations?.[0]?.getSourceFile().fileName ?? '';
	return !(flags & ts.SymbolFlags.TypeParameter) && relative(root, file).startsWith('lib');
}

/** What no caller sees: a private member, the value of a constant, the body of a function. */
function isHidden(node: ts.Node): boolean {
	if (ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
	if (ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword))
		return true;
	return (
		(ts.isVariableDeclaration(node.parent) || ts.isPropertyDeclaration(node.parent)) && node.parent.initializer === node
	);
}

/** An optional property of something that users hand over. */
export interface OptionalProperty {
	/** `BundleOptions.include`. */
	name: string;
	/** File that declares it, seen from the project's folder. */
	file: string;
	/** Of its declaration in the file. */
	position: number;
	/** The type that has it, for a file that imports the module as `lib`. */
	owner: string;
	property: string;
}

/** What users hand over is called so. */
const HANDED_OVER =
	/(?:Options|Fields|Rules|Query|Search|Selection|Request|Choice|Credential|Draft|Author|Reference|Details|Input)$/;

/**
 * The optional properties of everything that users hand over: of the exported types that are called so, and of what the
 * exported functions take without a name for it. Types of libraries and of other names are not looked into.
 */
export function optionalProperties(module: string): OptionalProperty[] {
	const program = compile([module]);
	const checker = program.getTypeChecker();
	const found: OptionalProperty[] = [];
	const look = (type: ts.Type, name: string, owner: string) => {
		for (const member of type.isUnion() ? type.types : [type]) {
			// Another type with a name of its own, such as the Email of an input.
			if (type.isUnion() && (member.aliasSymbol ?? member.symbol)?.flags & ts.SymbolFlags.Interface) continue;
			for (const { flags, name: property, valueDeclaration } of checker.getPropertiesOfType(member)) {
				const file = relative(root, valueDeclaration?.getSourceFile().fileName ?? '');
				if (!(flags & ts.SymbolFlags.Optional) || !file.startsWith('lib')) continue;
				found.push({ name: `${name}.${property}`, file, position: valueDeclaration!.pos, owner, property });
			}
		}
	};
	for (const alias of checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(module)!)!)) {
		const exported = alias.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(alias) : alias;
		const isType = exported.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias);
		// A generic type cannot be named without its arguments; its forms are tested where they are used.
		const isGeneric = exported.declarations?.some((it) => 'typeParameters' in it && it.typeParameters !== undefined);
		if (isType && !isGeneric && HANDED_OVER.test(alias.name))
			look(checker.getDeclaredTypeOfSymbol(exported), alias.name, `lib.${alias.name}`);
		if (!(exported.flags & ts.SymbolFlags.Function)) continue;
		for (const signature of checker.getTypeOfSymbol(exported).getCallSignatures()) {
			for (const [index, parameter] of signature.parameters.entries()) {
				const type = checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
				if (type.symbol === undefined || !(type.symbol.flags & ts.SymbolFlags.TypeLiteral)) continue;
				if (type.aliasSymbol !== undefined) continue;
				const owner = `NonNullable<Parameters<typeof lib.${alias.name}>[${index}]>`;
				look(type, `${alias.name}(${parameter.name})`, owner);
			}
		}
	}
	return found;
}

/** Those of them that do not take `undefined` where a user has `exactOptionalPropertyTypes`. */
export function refusingUndefined(properties: readonly OptionalProperty[]): OptionalProperty[] {
	const lines = properties.map(
		({ owner, property }, index) =>
			`export const p${index}: Has<${owner}, '${property}'> = { ${JSON.stringify(property)}: undefined };`,
	);
	const faults = faultsOfText(
		[
			"import type * as lib from '../../lib'; type Has<Type, Name extends PropertyKey> = Type extends unknown ? Name extends keyof Type ? Pick<Type, Name> : never : never;",
			...lines,
		].join('\n'),
		{ exactOptionalPropertyTypes: true },
	);
	return faults.map((fault) => {
		const property = properties[Number(/:(\d+) TS/.exec(fault)?.[1]) - 2];
		if (property === undefined || !/TS(?:2322|2375|2412)/.test(fault)) throw new Error(fault);
		return property;
	});
}
