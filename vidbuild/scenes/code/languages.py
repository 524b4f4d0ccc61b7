"""The names of programming languages that people write, and what typst, which colors code, calls them.

typst knows a language by its name or by an ending of file names; if it is neither, code has no colors.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from vidbuild.suggest import did_you_mean

PLAIN = "text"

# Everything that typst 0.15 colors, in lower case. tests/unit/scenes/test_languages.py holds this against typst itself.
_KNOWN_NAMES = """
.bash_aliases .bash_profile .bashrc .editorconfig .env .gitattributes .gitconfig .gitignore .gvimrc .htaccess
.profile .vimrc .zshrc _gvimrc _vimrc actionscript ada adb adoc ads applescript as asciidoc asm awk bash bat bazel
bib bibtex brewfile build bzl c c# c++ cabal cargo.lock cc cfc cfg cfm cfml cl clj cljc cljs clojure cls cmake
cmakelists.txt cmd coffee coffeescript conf cp cpp cpy cr crontab crystal cs css csv cts cxx d dart desktop di diff
dockerfile dot dotenv dpr ebuild eclass edn el elixir elm email eml env erb erl erlang escript ex exs f f# f03 f90
fastfile fish frag fs fsi fstab fsx gemfile gemspec gitattributes gitconfig gitignore glsl gnumakefile gnuplot go
gradle graphql groff groovy gs guardfile gv gvimrc h h++ haml haskell hcl hh hosts hpp hrl hs htaccess htm htm.j2
html html.j2 http hxx inc inf ini ipp ipynb j2 java javascript jenkinsfile jinja jinja2 jl jq js json jsonnet jsp
julia known_hosts kotlin kt kts latex lean less lhs libsonnet lisp livescript ll llvm log ls lsp lua m mac mak make
makefile man manpage markdown matlab md mediawiki mk ml mli mll mly mm mts nasm nginx nginx.conf nim ninja nix nsh
nsi nsis objective-c objective-c++ ocaml org orgmode p pas pascal passwd patch pc perl php php3 php4 php5 phtml
pipfile pipfile.lock pkgbuild pl plot plt pm podfile poetry.lock pp properties proto protobuf puppet purescript purs
pxd pxi py py3 pyi python pyw pyx qml r racket rake rakefile rb rbx rd re reg rego requirements.txt resolv.conf rest
restructuredtext rhtml rkt robot rprofile rs rss rst ruby rust sass sbt sc scala scm sconscript sconstruct scss sh
sig slim sml snakefile sol solidity sql ss ssh_config sshd_config strace styl stylus sv svelte svg svh swift syslog
systemverilog t tcl terraform tex textile tf todo.txt toml ts tsv tsx twig txt typ typescript typst v vagrantfile
verilog vert vim viml vimrc vue vy vyper wgsl wscript xaml xhtml xhtml.j2 xml xml.j2 xsd xslt yaml yml zig zsh
"""
_KNOWN = frozenset(_KNOWN_NAMES.split())

# typst's name: other names.
_OTHERS = {
    "bat": "batch batchfile dos dosbatch winbatch",
    "c": "devicetree dts dtsi gnuc opencl",
    "cpp": "arduino cplusplus cppm cu cuda cuh ino ixx metal",
    "clojure": "clojurescript edn-format",
    "coffee": "coffee-script",
    "cs": "c-sharp cake csharp csx vala",
    "css": "postcss",
    "diff": "gitdiff udiff",
    "dockerfile": "containerfile docker docker-file",
    "dot": "graphviz",
    "el": "elisp emacs-lisp emacslisp",
    ".env": "dot-env",
    "f90": "f95 f08 f for f77 fortran fortran90",
    "fs": "f-sharp fsharp",
    ".gitignore": ".dockerignore .npmignore .prettierignore .eslintignore dockerignore git-ignore ignore",
    "glsl": "comp geom hlsl shader tesc tese",
    "go": "go.mod go.sum golang",
    "graphql": "gql graphqls",
    "groovy": "gvy jenkins",
    "haskell": "haskell-script",
    "html": "angular astro aspx cshtml ejs handlebars hbs html5 liquid marko mustache razor",
    "htaccess": "apache apacheconf",
    "http": "https rest-client",
    "ini": "cnf dosini editorconfig npmrc service socket systemd timer unit .npmrc .pylintrc .flake8",
    "java": "apex",
    "javascript": "cjs es6 es javascript-es6 jscript mjs node nodejs",
    "jinja": "django jinja-html",
    "json": ".babelrc .eslintrc .prettierrc geojson har json5 jsonc json-ld jsonl jsonld ndjson webmanifest",
    "julia": "julialang",
    "kotlin": "kotlin-script",
    "latex": "context",
    "lisp": "common-lisp commonlisp scheme-lisp wasm wast wat webassembly",
    "make": "gmake justfile just make-file",
    "markdown": "livemd mdown mdx mkd qmd rmarkdown rmd",
    "matlab": "octave",
    "nginx": "nginxconf",
    "nasm": "assembler assembly gas s x86 x86asm",
    "objective-c": "obj-c objc objectivec",
    "objective-c++": "obj-c++ objc++ objectivec++",
    "pascal": "delphi lpr objectpascal",
    "perl": "perl5 perl6 raku",
    "php": "hack php7 php8",
    "properties": "java-properties",
    "protobuf": "proto2 proto3",
    "purescript": "purs-script",
    "python": "cython gd gdscript gyp ipython ipython3 jupyter meson mojo py2 py3k pycon python-console python2 python3"
    " sage starlark",
    "r": "rlang rscript splus",
    "re": "regexp regex",
    "robot": "robotframework",
    "ruby": "irb jruby rbw vagrant",
    "rust": "rustlang rs-script",
    "scala": "scala3 mill",
    "scm": "scheme guile",
    "sh": "bashrc csh dash git-bash ksh mksh nu nushell openrc profile shell shellscript sh-script tcsh unix zshrc",
    "sql": "bigquery cql ddl duckdb hql mariadb mssql mysql pgsql plpgsql plsql postgres postgresql psql snowflake"
    " sparksql sqlite sqlite3 t-sql transact-sql tsql",
    "terraform": "opentofu tfvars tofu",
    "toml": "tomlfile",
    "tsx": "jsx react typescriptreact javascriptreact",
    "twig": "nunjucks",
    "typescript": "deno mts-script ts-node",
    "vim": "neovim nvim vim-script vimscript",
    "xml": "atom csproj dae dtd fsproj kml mathml nuspec opml plist props resx rss-feed vbproj vcxproj wsdl xsl",
    "yaml": "ansible cff clang-format docker-compose github-actions gitlab-ci helm k8s kubernetes openapi salt",
}
_ALIASES = {other: name for name, others in _OTHERS.items() for other in others.split()}

# What has no colors for a good reason: sessions of a terminal, tables, and text.
_PLAIN_NAMES = """
ansi ascii bash-session console license none nohighlight output plain plaintext raw sh-session shell-session
shellsession session terminal text txt unformatted
authors changelog changes codeowners contributing copying copyright install licence news notice readme thanks
version
"""
_PLAIN = frozenset(_PLAIN_NAMES.split())

# Whole names of files whose language is neither their name nor their ending.
_FILES = {
    "buck": "python",
    "workspace": "python",
    "tiltfile": "python",
    "dangerfile": "ruby",
    "appfile": "ruby",
    "puppetfile": "ruby",
    "berksfile": "ruby",
    "apkbuild": "sh",
    "envrc": "sh",
    "config.ru": "ruby",
    "go.work": "go",
    "build.bazel": "python",
    "meson.build": "python",
    "meson_options.txt": "python",
    "uv.lock": "toml",
    "gopkg.lock": "toml",
    "composer.lock": "json",
    "flake.lock": "json",
    "deno.lock": "json",
    "yarn.lock": "yaml",
    "pubspec.lock": "yaml",
    ".clang-format": "yaml",
    ".clang-tidy": "yaml",
    ".yamllint": "yaml",
    ".condarc": "yaml",
    ".gemrc": "yaml",
    ".stylelintrc": "json",
    ".swcrc": "json",
    ".jshintrc": "json",
    "gradlew": "sh",
    "configure": "sh",
    "config": "ini",
}

_SHEBANG = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+|\w+=\S*\s+)*)?(?:\S*/)?([A-Za-z+#-]+)")


def typst_name(language: str) -> str | None:
    """Return what typst calls a language; "" if it has no colors by its nature, None if typst does not know it."""
    name = language.strip().lower()
    if name in _PLAIN or not name:
        return ""
    if name in _KNOWN:
        return name
    return _ALIASES.get(name) or (typst_name(name[1:]) if name.startswith(".") else None)


def of_file(name: str, code: str) -> str | None:
    """Return typst's name for the language of a file, as `typst_name`: by its name, its ending, or its `#!` line."""
    whole = PurePath(name).name.lower()
    first, *endings = whole.lstrip(".").split(".")
    known = _FILES.get(whole) or typst_name(whole)
    # Dockerfile.dev is a Dockerfile, as app.dockerfile is.
    candidates = [*reversed(endings), *([first] if first in _WITH_ENDINGS else [])]
    for candidate in candidates if known is None else ():
        known = typst_name(candidate)
        if known is not None:
            break
    shebang = _SHEBANG.match(code) if not known else None
    return (typst_name(shebang[1]) if shebang else None) or known


_WITH_ENDINGS = frozenset({"dockerfile", "containerfile", "jenkinsfile", "makefile", "gnumakefile", "bashrc", "env"})


def hint(language: str) -> str:
    """Return the way out if typst does not know a language: the nearest names, or plain text."""
    nearest = did_you_mean(language, sorted(_KNOWN.union(_ALIASES, _PLAIN)), 3, 0.7)
    return nearest or f"write 'language: {PLAIN}' for plain text"


def names() -> list[str]:
    """Return every name that can be written as `language`."""
    return sorted(_KNOWN.union(_ALIASES, _PLAIN))
