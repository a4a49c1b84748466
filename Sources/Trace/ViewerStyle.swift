extension ViewerPage {
  /// Colours by custom properties, so that light and dark are one table each.
  static let style = #"""
    :root { color-scheme: light; --page: #fbfaf8; --card: #fff; --ink: #1d1f24; --soft: #6a6e78; --line: #e3e1dc;
      --faint: #b4b5ba; --accent: #2457c5; --pick: #e4ecfd; --change: #fff0c2; --changed: #8a5a00; --bad: #b3261e;
      --badback: #fdeceb; --event: #b06a00; --good: #19713d; --cpl0: #3566d6; --cpl1: #8a57c9; --cpl2: #b8578f;
      --cpl3: #2b8a57; --chip: #f0efeb; }
    :root[data-theme=dark] { color-scheme: dark; --page: #14161a; --card: #1b1e24; --ink: #e4e5e8; --soft: #9a9ea8;
      --line: #2e323a; --faint: #5d626d; --accent: #86aaff; --pick: #25324f; --change: #463811; --changed: #f2c766;
      --bad: #ff8a80; --badback: #3b2022; --event: #f0ad4e; --good: #7bd29c; --cpl0: #6d96ff; --cpl1: #b58cf0;
      --cpl2: #e88cc0; --cpl3: #58c58a; --chip: #272b33; }
    * { box-sizing: border-box; }
    html, body { height: 100%; margin: 0; }
    body { display: flex; flex-direction: column; background: var(--page); color: var(--ink);
      font: 14px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; }
    code, .mono, #rows, td.num, #query { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono",
      monospace; font-size: 12.5px; font-variant-ligatures: none; }
    button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px;
      padding: 2px 9px; cursor: pointer; }
    button:hover { border-color: var(--accent); } button:disabled { opacity: .4; cursor: default; }
    button.link { border: 0; background: none; padding: 0; color: var(--accent); font: inherit; text-align: left; }
    button.link:hover { text-decoration: underline; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
    header { display: flex; align-items: center; gap: 14px; padding: 10px 18px 8px; }
    h1 { font-size: 17px; font-weight: 650; margin: 0; white-space: nowrap; }
    #facts { margin: 0; color: var(--soft); flex: 1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    #search { display: flex; gap: 4px; align-items: center; position: relative; }
    #query { width: 320px; padding: 5px 9px; border: 1px solid var(--line); border-radius: 6px;
      background: var(--card); color: inherit; }
    #found { color: var(--soft); min-width: 74px; text-align: right; font-size: 12.5px; }
    #notices p { margin: 0 18px 6px; padding: 5px 11px; border-radius: 6px; background: var(--change);
      color: var(--changed); }
    #notices p.bad { background: var(--badback); color: var(--bad); }
    #timeline { position: relative; margin: 0 18px; border: 1px solid var(--line); border-radius: 8px;
      background: var(--card); }
    #canvas { display: block; width: 100%; cursor: crosshair; touch-action: none; }
    #zoom { display: flex; gap: 4px; align-items: center; justify-content: flex-end; font-size: 12px;
      padding: 5px 8px 0; }
    #zoom button { padding: 0 7px; } #legend { color: var(--soft); margin-right: 8px; }
    #legend i { display: inline-block; width: 9px; height: 9px; border-radius: 2px; margin: 0 4px 0 10px; }
    #tip { position: absolute; z-index: 3; pointer-events: none; background: var(--ink); color: var(--page);
      padding: 3px 8px; border-radius: 5px; font-size: 12px; white-space: pre; }
    main { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(360px, 42%) 1fr; gap: 14px;
      padding: 12px 18px 14px; }
    #steps, #details { min-height: 0; min-width: 0; display: flex; flex-direction: column; background: var(--card);
      border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
    #list { flex: 1; overflow: auto; position: relative; outline-offset: -2px; }
    #rows { position: absolute; left: 0; right: 0; }
    #rows > div { position: absolute; left: 0; right: 0; height: 22px; line-height: 22px; display: flex; gap: 10px;
      padding: 0 10px 0 7px; white-space: pre; cursor: default; border-left: 3px solid transparent; }
    #rows > div:hover { background: var(--chip); }
    #rows > .picked, #rows > .picked:hover { background: var(--pick); border-left-color: var(--accent); }
    #rows .n { color: var(--faint); flex: none; width: var(--number); text-align: right; } #rows .a { color: var(--soft);
      width: var(--address); }
    #rows .t { flex: 1; overflow: hidden; text-overflow: ellipsis; } #rows .s { color: var(--soft); max-width: 38%;
      overflow: hidden; text-overflow: ellipsis; font-size: 11.5px; }
    #rows .bad .t { color: var(--bad); } #rows .event .t { color: var(--event); }
    #rows .c { width: 4px; align-self: stretch; flex: none; }
    #steps footer { display: flex; gap: 8px; align-items: center; padding: 7px 10px; border-top: 1px solid var(--line);
      }
    #steps footer span { color: var(--soft); font-size: 12px; white-space: nowrap; overflow: hidden; }
    kbd { font: 11px ui-monospace, "DejaVu Sans Mono", monospace; border: 1px solid var(--line); border-radius: 4px;
      padding: 0 4px; }
    #tabs { display: flex; gap: 2px; padding: 0 12px; border-bottom: 1px solid var(--line); flex: none; }
    #tabs button { border: 0; border-bottom: 2px solid transparent; border-radius: 0; padding: 8px 10px 7px;
      background: none; color: var(--soft); }
    #tabs button[aria-selected=true] { color: var(--ink); border-bottom-color: var(--accent); font-weight: 600; }
    #panel { flex: 1; overflow: auto; padding: 14px 18px 24px; }
    #panel h2 { font: 600 19px/1.35 ui-monospace, "DejaVu Sans Mono", monospace; margin: 2px 0 4px; }
    #panel h3 { font-size: 13px; font-weight: 650; margin: 20px 0 6px; } #panel p { margin: 4px 0; max-width: 78ch; }
    #panel .place { white-space: pre-wrap; } .soft { color: var(--soft); } .bad { color: var(--bad); }
    .card { border-left: 3px solid var(--bad); background: var(--badback); padding: 8px 12px;
      border-radius: 0 6px 6px 0;
      margin: 10px 0; color: var(--ink); } .card.event { border-color: var(--event); background: var(--change); }
    .regs { display: grid; grid-template-columns: repeat(auto-fill, minmax(236px, 1fr)); gap: 1px 14px; }
    .regs > div { display: flex; gap: 8px; padding: 1px 6px; border-radius: 4px; align-items: baseline; }
    .regs .k { width: 6.4em; color: var(--soft); flex: none; } .regs.short .k { width: 3.6em; }
    .regs > .changed { background: var(--change); } .regs > .changed .k { color: var(--changed); }
    .regs > .read .k { color: var(--accent); text-decoration: underline; text-underline-offset: 3px; }
    .regs.wide { grid-template-columns: 1fr; } .z { color: var(--faint); }
    .flags { display: flex; flex-wrap: wrap; gap: 4px; margin: 6px 0; }
    .flags span, .chip { padding: 0 6px; border-radius: 4px; background: var(--chip); color: var(--faint);
      font-size: 12px; } .flags .on, .chip { color: var(--ink); } .flags .on { font-weight: 600; }
    .flags .changed { background: var(--change); color: var(--changed); }
    .flags .undefined { outline: 1px dashed var(--event); }
    .chip.no { color: var(--soft); } .chip.warn { color: var(--bad); } .chips { display: inline-flex; gap: 4px;
      flex-wrap: wrap; }
    table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 500; color: var(--soft);
      font-size: 12px; padding: 2px 12px 3px 0; } td { padding: 3px 12px 3px 0; border-top: 1px solid var(--line);
      vertical-align: top; } td.num { white-space: nowrap; } tr.hit td { background: var(--change); }
    td.bar { width: 24%; } td.bar div { height: 9px; margin-top: 6px; border-radius: 2px; background: var(--cpl0);
      opacity: .75; } details > summary { cursor: pointer; color: var(--soft); margin-top: 16px; font-size: 13px; }
    .bits { display: flex; gap: 3px; margin: 8px 0; } .bits > div { flex: 9; border: 1px solid var(--line);
      border-radius: 5px; padding: 3px 8px; text-align: center; min-width: 0; } .bits b { display: block;
      font: 600 13px ui-monospace, "DejaVu Sans Mono", monospace; } .bits small { color: var(--soft); }
    .bits .now { border-color: var(--accent); background: var(--pick); }
    .walk > div { display: grid; grid-template-columns: 5.2em 1fr; gap: 2px 10px; padding: 6px 9px; cursor: pointer;
      border-left: 3px solid var(--line); } .walk > .now { border-color: var(--accent); background: var(--pick); }
    .walk > .later { opacity: .45; } .walk .chips { grid-column: 2; }
    .row { display: flex; gap: 8px; align-items: center; flex-wrap: wrap; margin: 8px 0; }
    .row input { width: 200px; padding: 3px 8px; border: 1px solid var(--line); border-radius: 6px;
      background: var(--card); color: inherit; }
    .tree ul { list-style: none; margin: 0; padding: 0 0 0 20px; } .tree > ul { padding: 0; }
    .tree .entry { display: flex; gap: 2px 9px; align-items: baseline; padding: 1px 5px; border-radius: 4px;
      flex-wrap: wrap; } .tree .entry.path { background: var(--change); } .tree .entry.now { outline: 2px solid
      var(--accent); } .tree .fold { width: 1.4em; border: 0; background: none; padding: 0; color: var(--soft); }
    .narrow { max-width: 420px; }
    .story { white-space: pre-wrap; line-height: 1.65; } .story .head { font-weight: 600; }
    .story .cause { color: var(--bad); }
    @media (max-width: 900px) { body { height: auto; } main { grid-template-columns: 1fr; } #steps { height: 44vh; }
      header { flex-wrap: wrap; } .tree .chips { margin-left: 2em; } }
    """#
}
