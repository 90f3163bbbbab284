// The page of kernel types: finds a name, loads its definitions, shows where each field is on which kernels.
"use strict";
(() => {
	const root = document.getElementById("kernel-types");
	if (!root) return;
	const FILES = 512;
	const SHOWN = 24;
	const input = document.getElementById("kernel-type");
	const names = document.getElementById("kernel-names");
	const answer = document.getElementById("kernel-answer");
	const loaded = new Map();
	// How often was asked: a late answer to an earlier question is not shown.
	let asked = 0;

	// A file of the folder `types`, once.
	const load = name => {
		if (!loaded.has(name)) {
			loaded.set(name, fetch(`types/${name}.json`).then(response => {
				if (!response.ok) throw new Error(`types/${name}.json: ${response.status}`);
				return response.json();
			}));
		}
		return loaded.get(name);
	};

	// FNV-1a, as `src/kernels.rs` computes it.
	const hash = name => {
		let hash = 0x811c9dc5;
		for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
		return hash >>> 0;
	};

	const element = (name, text = "", attributes = {}) => {
		const made = document.createElement(name);
		made.textContent = text;
		for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
		return made;
	};

	const has = (digits, at) => (parseInt(digits[at >> 2] ?? "0", 16) >> (at & 3)) & 1;

	// `5.10.223 to 6.1.192 on amd64, arm64`: what follows each other among the kernels of a build.
	const fold = (kernels, sets) => {
		const is = at => sets.some(set => has(set, at));
		if (kernels.every((_, at) => is(at))) return "every kernel";
		const builds = new Map();
		for (const build of new Set(kernels.map(kernel => kernel.build))) {
			const ranges = [];
			let open = null;
			kernels.forEach((kernel, at) => {
				if (kernel.build !== build) return;
				if (!is(at)) open = null;
				else if (open) open[1] = kernel.release;
				else ranges.push(open = [kernel.release, kernel.release]);
			});
			const text = ranges.map(([from, to]) => from === to ? from : `${from} to ${to}`).join(", ");
			if (text) builds.set(text, [...builds.get(text) ?? [], build]);
		}
		return [...builds].map(([text, of]) => `${text} on ${of.join(", ")}`).join("; ");
	};

	const place = (offset, bits) => {
		const byte = `byte ${offset >> 3}`;
		return bits ? `${byte} bit ${offset & 7}, ${bits} bits` : byte;
	};

	// Rows of a table: what is told of each member, and by which kernels.
	const rows = definitions => {
		const rows = new Map();
		const add = (name, told, type, on) => {
			if (!rows.has(name)) rows.set(name, new Map());
			const key = `${told}\n${type}`;
			const values = rows.get(name);
			values.set(key, [...values.get(key) ?? [], on]);
		};
		for (const of of definitions) {
			for (const [name, offset, bits, type] of of.members ?? []) add(name, place(offset, bits), type, of.on);
			for (const [name, value] of of.enumerators ?? []) add(name, value, "", of.on);
		}
		return rows;
	};

	// A type's name leads to the type.
	const typeCell = text => {
		const cell = element("td");
		const name = /^(?:const |volatile )*(?:struct|union|enum) (\w+)/.exec(text)?.[1];
		cell.append(name ? element("a", text, { href: `#${name}` }) : element("code", text));
		return cell;
	};

	const sizes = (definitions, kernels) => {
		const sizes = new Map();
		for (const of of definitions) sizes.set(of.size, [...sizes.get(of.size) ?? [], of.on]);
		const details = element("details");
		const all = [...sizes.keys()].sort((one, other) => one - other);
		const [least, most] = [all[0], all[all.length - 1]];
		details.append(element("summary", least === most ? `${least} bytes` : `${least} to ${most} bytes`));
		for (const size of all) details.append(element("p", `${size} bytes: ${fold(kernels, sizes.get(size))}`));
		return details;
	};

	const table = (title, definitions, field, kernels) => {
		const section = element("section");
		section.append(element("h3", title));
		if (!field) section.append(sizes(definitions, kernels));
		const shown = element("table");
		for (const [name, values] of rows(definitions)) {
			if (field && name !== field) continue;
			for (const [key, on] of values) {
				const [told, type] = key.split("\n");
				const row = element("tr");
				row.append(element("th", name, { scope: "row" }), element("td", told), typeCell(type));
				row.append(element("td", fold(kernels, on), { class: "kernels" }));
				shown.append(row);
			}
		}
		section.append(shown);
		return shown.rows.length || !field ? section : null;
	};

	const show = async query => {
		const turn = ++asked;
		const [name, field] = query.trim().replace(/^(struct|union|enum) /, "").split(".");
		const [all, kernels] = await Promise.all([load("names"), load("kernels")]);
		const found = name && (await load(hash(name) % FILES).catch(() => ({})))[name];
		if (turn !== asked) return;
		const like = name ? all.filter(other => other.startsWith(name) && other !== name).slice(0, SHOWN) : [];
		names.replaceChildren(...like.map(other => {
			const item = element("li");
			item.append(element("a", other, { href: `#${other}` }));
			return item;
		}));
		if (!found) return answer.replaceChildren(element("p", name ? `No known kernel has a type ${name}.` : ""));
		const titles = new Map();
		for (const of of found) {
			const title = of.module ? `${of.kind} ${name} of the module ${of.module}` : `${of.kind} ${name}`;
			titles.set(title, [...titles.get(title) ?? [], of]);
		}
		const tables = [...titles].map(([title, of]) => table(title, of, field, kernels)).filter(Boolean);
		const none = element("p", `${name} has no member ${field} on any known kernel.`);
		answer.replaceChildren(...tables.length ? tables : [none]);
	};

	const ask = query => show(query).catch(error => answer.replaceChildren(element("p", String(error))));
	const follow = () => {
		input.value = decodeURIComponent(location.hash.slice(1));
		ask(input.value);
	};
	input.addEventListener("input", () => {
		history.replaceState(null, "", `#${input.value}`);
		ask(input.value);
	});
	addEventListener("hashchange", follow);
	follow();
})();
