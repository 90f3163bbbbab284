//! Reads from a `Cargo.toml` the package, whether it is a program for the kernel, and the settings
//! for the linter.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

/// A `Cargo.toml`.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Its path.
    pub path: PathBuf,
    table: Table,
}

/// The settings of one `corelint` table.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The table and its file, for errors.
    pub name: String,
    /// Rules, groups or `all`, each with the word for its level.
    pub levels: Vec<(String, String)>,
    /// Files and folders that are not read, relative to the manifest.
    pub exclude: Vec<PathBuf>,
    /// Expressions for the kernels that objects are judged on.
    pub kernels: Vec<String>,
    /// The loader that the project uses.
    pub loader: Option<String>,
}

/// Crates that only programs for the kernel are made with.
const EBPF_CRATES: &[&str] = &[
    "aya-ebpf",
    "aya-bpf",
    "bpf-core",
    "redbpf-probes",
    "redbpf-macros",
];

impl Manifest {
    /// Reads one.
    ///
    /// # Errors
    /// It cannot be read, or is no TOML.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let table = text
            .parse()
            .with_context(|| format!("{} is no TOML", path.display()))?;
        let path = path.to_owned();
        Ok(Self { path, table })
    }

    fn at(&self, keys: &[&str]) -> Option<&Value> {
        let (first, rest) = keys.split_first()?;
        rest.iter()
            .try_fold(self.table.get(*first)?, |value, key| value.get(key))
    }

    fn word(&self, keys: &[&str]) -> Option<&str> {
        self.at(keys)?.as_str()
    }

    /// The package's name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.word(&["package", "name"])
    }

    /// The package's version, where it is not the workspace's.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.word(&["package", "version"])
    }

    /// Whether it depends on a crate that only programs for the kernel are made with.
    #[must_use]
    pub fn is_ebpf(&self) -> bool {
        EBPF_CRATES.iter().any(|name| self.depends_on(name))
    }

    /// Whether it depends on a package.
    #[must_use]
    pub fn depends_on(&self, name: &str) -> bool {
        let own = self.table.get("dependencies").into_iter();
        let targets = self.table.get("target").and_then(Value::as_table);
        let per_target = targets
            .into_iter()
            .flat_map(Table::values)
            .filter_map(|target| target.get("dependencies"));
        own.chain(per_target)
            .filter_map(Value::as_table)
            .flatten()
            .any(|(key, value)| {
                let package = value.get("package").and_then(Value::as_str);
                package.unwrap_or(key).replace('_', "-") == name
            })
    }

    /// The folders of the packages that it depends on, where it names them, or its workspace does.
    #[must_use]
    pub fn folders_of_dependencies(&self) -> Vec<PathBuf> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let above = folder.ancestors();
        let mut above = above.filter_map(|folder| Self::read(&folder.join("Cargo.toml")).ok());
        let workspace = above.find(Self::is_workspace);
        let of_workspace = |name: &str| {
            let workspace = workspace.as_ref()?;
            let path = workspace.word(&["workspace", "dependencies", name, "path"])?;
            Some(workspace.path.parent()?.join(path))
        };
        let own = self.table.get("dependencies").and_then(Value::as_table);
        let folders = own.into_iter().flatten().filter_map(|(name, value)| {
            match value.get("path").and_then(Value::as_str) {
                Some(path) => Some(folder.join(path)),
                None if value.get("workspace").is_some() => of_workspace(name),
                None => None,
            }
        });
        folders.collect()
    }

    /// The version of a package that it depends on: of the lock file, or else as it is asked for.
    #[must_use]
    pub fn version_of(&self, package: &str) -> Option<String> {
        let folder = self.path.parent()?;
        let mut manifests = folder
            .ancestors()
            .filter_map(|folder| Self::read(&folder.join("Cargo.toml")).ok());
        let around = manifests.find(Self::is_workspace);
        let root = around.as_ref().and_then(|around| around.path.parent());
        let locked = fs::read_to_string(root.unwrap_or(folder).join("Cargo.lock")).ok();
        let locked = locked.and_then(|text| text.parse::<Table>().ok());
        let packages = locked
            .as_ref()
            .and_then(|lock| lock.get("package")?.as_array());
        let is_it = |found: &&Value| found.get("name").and_then(Value::as_str) == Some(package);
        let locked = packages.and_then(|all| all.iter().find(is_it)?.get("version")?.as_str());
        let asked = |asked: &Value| {
            let version = asked.as_str().or_else(|| asked.get("version")?.as_str());
            version.map(|version| version.trim_start_matches(['^', '=', '~']).to_owned())
        };
        let own = self.at(&["dependencies", package])?;
        locked
            .map(str::to_owned)
            .or_else(|| match own.get("workspace") {
                Some(_) => asked(around?.at(&["workspace", "dependencies", package])?),
                None => asked(own),
            })
    }

    /// The features that are on if these are asked for: they, the default ones, and those that they bring.
    ///
    /// # Errors
    /// The package has no feature of a name.
    pub fn features(&self, asked: &[String]) -> Result<BTreeSet<String>> {
        let declared = self.at(&["features"]).and_then(Value::as_table);
        let names = || declared.into_iter().flat_map(Table::keys).cloned();
        if let Some(name) = asked
            .iter()
            .find(|asked| names().all(|name| name != **asked))
        {
            let all: Vec<String> = names().map(|name| format!("`{name}`")).collect();
            let place = self.path.display();
            match all.is_empty() {
                true => bail!("{place} has no feature `{name}`, and no other"),
                false => bail!("{place} has no feature `{name}`: it has {}", all.join(", ")),
            }
        }
        let mut found = BTreeSet::new();
        let mut next: Vec<String> = asked.to_vec();
        next.push("default".to_owned());
        while let Some(name) = next.pop() {
            let brought = declared.and_then(|table| table.get(&name)?.as_array());
            let brought = brought.into_iter().flatten().filter_map(Value::as_str);
            if found.insert(name.clone()) {
                next.extend(brought.map(str::to_owned));
            }
        }
        Ok(found)
    }

    /// Files that targets name.
    pub fn target_files(&self) -> impl Iterator<Item = PathBuf> + '_ {
        let bins = self.at(&["bin"]).and_then(Value::as_array);
        let bins = bins.into_iter().flatten();
        let targets = bins.chain(self.at(&["lib"]));
        let folder = self.path.parent().unwrap_or(Path::new(""));
        targets.filter_map(move |target| Some(folder.join(target.get("path")?.as_str()?)))
    }

    /// The settings of the package (`[package.metadata.corelint]`).
    ///
    /// # Errors
    /// The table or a value has the wrong type.
    pub fn package_settings(&self) -> Result<Settings> {
        self.settings("package")
    }

    /// The settings of the workspace (`[workspace.metadata.corelint]`).
    ///
    /// # Errors
    /// The table or a value has the wrong type.
    pub fn workspace_settings(&self) -> Result<Settings> {
        self.settings("workspace")
    }

    /// Whether it is the root of a workspace.
    #[must_use]
    pub fn is_workspace(&self) -> bool {
        self.table.contains_key("workspace")
    }

    /// The version of cargo's resolver, as the root of a workspace sets it.
    #[must_use]
    pub fn resolver(&self) -> &str {
        let set = ["workspace", "package"].map(|scope| self.word(&[scope, "resolver"]));
        let by_edition = || match self.word(&["package", "edition"]) {
            Some("2015" | "2018") | None => "1",
            Some("2021") => "2",
            Some(_) => "3",
        };
        set.into_iter().flatten().next().unwrap_or_else(by_edition)
    }

    fn settings(&self, scope: &str) -> Result<Settings> {
        let name = format!("[{scope}.metadata.corelint] of {}", self.path.display());
        let mut settings = Settings {
            name: name.clone(),
            ..Settings::default()
        };
        let Some(table) = self.at(&[scope, "metadata", "corelint"]) else {
            return Ok(settings);
        };
        let Some(table) = table.as_table() else {
            bail!("{name} is no table");
        };
        let folder = self.path.parent().unwrap_or(Path::new(""));
        for (key, value) in table {
            if key == "exclude" {
                let paths = value.as_array().into_iter().flatten();
                let paths = paths.filter_map(Value::as_str);
                settings.exclude = paths.map(|path| folder.join(path)).collect();
                continue;
            }
            if key == "kernels" {
                let texts = value.as_array().into_iter().flatten();
                let texts: Option<Vec<_>> =
                    texts.map(|one| one.as_str().map(str::to_owned)).collect();
                match texts.filter(|texts| !texts.is_empty()) {
                    Some(texts) => settings.kernels = texts,
                    None => {
                        bail!("{name}: `kernels` needs a list, such as [\">=5.10\", \"arm64\"]")
                    }
                }
                continue;
            }
            if key == "loader" {
                match value.as_str() {
                    Some(text) => settings.loader = Some(text.to_owned()),
                    None => bail!("{name}: `loader` needs a name, such as \"aya 0.14\""),
                }
                continue;
            }
            let Some(level) = value.as_str() else {
                bail!("{name}: `{key}` needs a level, such as \"deny\"");
            };
            settings.levels.push((key.clone(), level.to_owned()));
        }
        Ok(settings)
    }
}
