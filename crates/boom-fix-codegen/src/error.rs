//! What can be wrong with a dictionary.

/// Why a dictionary could not be read.
///
/// # Examples
///
/// ```
/// use boom_fix_codegen::{Dictionary, Error};
///
/// let text = "<fix major='4' minor='4'><messages><message name='A' msgtype='A'>\
///             <field name='Nowhere' required='Y'/></message></messages></fix>";
/// assert_eq!(
///     Dictionary::parse(text).and_then(|dictionary| dictionary.to_rust()).unwrap_err(),
///     Error::UnknownField("Nowhere".to_owned()),
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not XML.
    #[error("not XML: {0}")]
    Xml(#[from] roxmltree::Error),
    /// An element lacks an attribute, or it is not what it should be.
    #[error("line {line}: <{element}> needs the attribute {attribute}")]
    Attribute {
        /// Where.
        line: u32,
        /// What has it not.
        element: String,
        /// The attribute.
        attribute: &'static str,
    },
    /// A message, component or group names a field that `<fields>` does not have.
    #[error("no field {0}")]
    UnknownField(String),
    /// A message, component or group names a component that `<components>` does not have.
    #[error("no component {0}")]
    UnknownComponent(String),
    /// A component contains itself.
    #[error("the component {0} contains itself")]
    Circular(String),
}
