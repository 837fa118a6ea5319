//! The dialect of the guide is what its files give.

use boom_fix_codegen::Dictionary;

#[test]
fn the_guide_shows_what_is_generated() -> Result<(), boom_fix_codegen::Error> {
    let mut dictionary = Dictionary::parse(include_str!("../guide/base.xml"))?;
    let venue = include_str!("../guide/venue.xml");
    dictionary.extend(venue)?;
    let code = dictionary.to_rust()?;
    assert_eq!(
        code,
        include_str!("../guide/venue.rs"),
        "write to guide/venue.rs:\n{code}"
    );
    let guide = include_str!("../guide/dialects.md");
    assert!(
        guide.contains(venue.trim_end()),
        "the file that the guide prints"
    );
    Ok(())
}
