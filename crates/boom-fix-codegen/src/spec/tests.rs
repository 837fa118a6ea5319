use super::*;

const BASE: &str = "<fix type='FIX' major='4' minor='4'>
  <messages><message name='Order' msgtype='D'><component name='Parties' required='N'/></message></messages>
  <components>
    <component name='Parties'>
      <group name='NoParties' required='N'>
        <field name='PartyID' required='N'/>
        <group name='NoSubs' required='N'><field name='SubID' required='N'/></group>
      </group>
    </component>
  </components>
  <fields>
    <field number='448' name='PartyID' type='STRING'/>
    <field number='453' name='NoParties' type='NUMINGROUP'/>
    <field number='523' name='SubID' type='STRING'/>
    <field number='802' name='NoSubs' type='NUMINGROUP'/>
  </fields>
</fix>";

fn extended(more: &str) -> Result<String, Error> {
    let mut dictionary = Dictionary::parse(BASE)?;
    dictionary.extend(&format!("<fix type='FIX' major='4' minor='4'>{more}</fix>"))?;
    dictionary.to_rust()
}

#[test]
fn a_group_gets_a_field_more_and_keeps_those_it_has() -> Result<(), Error> {
    let code = extended(
        "<components><component name='Parties'><group name='NoParties' required='Y'>
           <field name='PartyID' required='Y'/>
           <group name='NoSubs' required='N'><field name='Desk' required='N'/></group>
         </group></component></components>
         <fields><field number='5103' name='Desk' type='STRING'/></fields>",
    )?;
    let parts = "C_PARTIES [RG(453, &[R(448), OG(802, &[O(523), O(5103)])])]";
    assert!(code.contains(parts), "{code}");
    assert!(code.contains("NO_PARTIES 453 [448 523 802 5103]"), "{code}");
    assert!(code.contains("NO_SUBS 802 [523 5103]"), "{code}");
    Ok(())
}

#[test]
fn what_is_wrong_is_named() {
    let component = |parts: &str| extended(&format!("<components>{parts}</components>"));
    let circle = "<component name='A'><component name='B' required='N'/></component>
                  <component name='B'><component name='A' required='N'/></component>";
    assert!(matches!(component(circle), Err(Error::Circular(_))));
    assert_eq!(
        component("<component name='A'><field name='None' required='N'/></component>"),
        Err(Error::UnknownField("None".to_owned()))
    );
    assert_eq!(
        component("<component name='A'><component name='C' required='N'/></component>"),
        Err(Error::UnknownComponent("C".to_owned()))
    );
    let error = extended("<fields>\n<field number='0' name='A' type='INT'/></fields>");
    let lacks = Error::Attribute {
        line: 2,
        element: "field".to_owned(),
        attribute: "number",
    };
    assert_eq!(error, Err(lacks));
}
